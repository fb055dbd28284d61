import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinProfiles } from '../../../src/config/builtin-profiles.ts';
import { parseConfig } from '../../../src/config/load-config.ts';

const url = 'https://mirror.example.com:8443/repository/all';
const host = 'mirror.example.com:8443';

type Name = keyof typeof builtinProfiles;

describe('builtinProfiles: match', () => {
  const rows: readonly [repository: string, profile: Name | undefined][] = [
    ['image-registry.openshift-image-registry.svc:5000/openshift/python', 'python'],
    ['registry.example.com/ubi8/python-39', 'python'],
    ['registry.example.com/ubi9/python-312', 'python'],
    ['registry.example.com/ubi9/python-312-minimal', 'python'],
    ['registry.example.com/rhscl/python-36-rhel7', 'python'],
    ['quay.example.com/sclorg/python-38-centos7', 'python'],
    ['registry.example.com/f35/python3', 'python'],
    ['registry.example.com/go-team/python-311', 'python'],
    ['registry.example.com/java/nodejs/python-311', 'python'],
    ['registry.example.com/mirror/ubi9-python-312', 'python'],
    ['registry.example.com/mirror/s2i-python-312', 'python'],
    ['python', 'python'],
    ['openshift/python', 'python'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/nodejs', 'nodejs'],
    ['registry.example.com/ubi9/nodejs-20', 'nodejs'],
    ['registry.example.com/ubi9/nodejs-22-minimal', 'nodejs'],
    ['registry.example.com/javascript/nodejs-20', 'nodejs'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/java', 'java'],
    ['registry.example.com/ubi8/openjdk-17', 'java'],
    ['registry.example.com/ubi9/openjdk-21', 'java'],
    ['registry.example.com/openjdk/openjdk-11-rhel7', 'java'],
    ['registry.example.com/redhat-openjdk-18/openjdk18-openshift', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/redhat-openjdk18-openshift', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/jboss-eap', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/jboss-eap74-openjdk11-openshift', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/jboss-eap-xp4-openjdk11-openshift', 'java'],
    ['registry.example.com/jboss-eap-7/eap74-openjdk11-openshift-rhel8', 'java'],
    ['registry.example.com/jboss-eap-8/eap8-openjdk17-builder-openshift-rhel8', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/wildfly', 'java'],
    ['quay.example.com/wildfly/wildfly-s2i', 'java'],
    ['quay.example.com/wildfly/wildfly-s2i-jdk17', 'java'],
    ['quay.example.com/wildfly/wildfly-centos7', 'java'],
    ['registry.example.com/jboss-webserver-5/webserver54-openjdk11-tomcat9-openshift-rhel8', 'java'],
    ['registry.example.com/jboss-webserver-3/webserver31-tomcat8-openshift', 'java'],
    ['registry.example.com/jboss-webserver-6/jws60-openjdk17-openshift-rhel8', 'java'],
    [
      'image-registry.openshift-image-registry.svc:5000/openshift/jboss-webserver57-openjdk8-tomcat9-openshift-ubi8',
      'java',
    ],
    ['registry.example.com/fuse7/fuse-java-openshift', 'java'],
    ['registry.example.com/fuse7/fuse-java-openshift-rhel8', 'java'],
    ['registry.example.com/fuse7/fuse-karaf-openshift-jdk11-rhel8', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/fuse7-eap-openshift', 'java'],
    ['registry.example.com/jboss-fuse-6/fis-java-openshift', 'java'],
    ['registry.example.com/rhpam-7/rhpam-kieserver-rhel8', 'java'],
    ['registry.example.com/rhdm-7/rhdm-kieserver-rhel8', 'java'],
    ['quay.example.com/kiegroup/kie-server', 'java'],
    ['quay.example.com/jkube/jkube-java', 'java'],
    ['quay.example.com/jkube/jkube-java-11', 'java'],
    ['quay.example.com/jkube/jkube-tomcat9-binary-s2i', 'java'],
    ['docker.example.com/fabric8/s2i-java', 'java'],
    ['docker.example.com/fabric8/s2i-karaf', 'java'],
    ['docker.example.com/fabric8/java-centos-openjdk8-jdk', 'java'],
    ['docker.example.com/fabric8/fabric8-java', 'java'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/php', 'php'],
    ['registry.example.com/ubi9/php-82', 'php'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/ruby', 'ruby'],
    ['registry.example.com/ubi9/ruby-33', 'ruby'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/golang', 'golang'],
    ['registry.example.com/ubi9/go-toolset', 'golang'],
    ['registry.example.com/devtools/go-toolset-rhel7', 'golang'],
    ['registry.example.com/devtools/go-toolset-1.14-rhel7', 'golang'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/perl', 'perl'],
    ['registry.example.com/ubi9/perl-532', 'perl'],
    ['image-registry.openshift-image-registry.svc:5000/openshift/dotnet', 'dotnet'],
    ['registry.example.com/ubi8/dotnet-80', 'dotnet'],
    ['registry.example.com/dotnet/dotnet-60-rhel7', 'dotnet'],

    ['registry.example.com/team/nodejs-ex', undefined],
    ['registry.example.com/team/javascript', undefined],
    ['registry.example.com/team/javascript-builder', undefined],
    ['registry.example.com/team/java-app', undefined],
    ['registry.example.com/team/openjdk', undefined],
    ['registry.example.com/team/openjdk-app', undefined],
    ['registry.example.com/team/webserver', undefined],
    ['registry.example.com/team/fuse-java', 'java'],
    ['registry.example.com/team/fuse-console', undefined],
    ['registry.example.com/team/tomcat-app', undefined],
    ['registry.example.com/team/karaf-app', undefined],
    ['registry.example.com/team/kie-server-app', undefined],
    ['registry.example.com/rhpam-7/rhpam-businesscentral-rhel8', undefined],
    ['registry.example.com/team/eapp', undefined],
    ['registry.example.com/team/leap-15', undefined],
    ['registry.example.com/openshift/wildfly-101-centos7', undefined],
    ['registry.example.com/team/wildfly-app', undefined],
    ['registry.example.com/team/wildfly-s2', undefined],
    ['registry.example.com/team/django-python', undefined],
    ['registry.example.com/team/cpython-312', undefined],
    ['registry.example.com/team/python-app', undefined],
    ['registry.example.com/team/python312', undefined],
    ['registry.example.com/team/phpmyadmin', undefined],
    ['registry.example.com/team/ruby-hello-world', undefined],
    ['registry.example.com/team/golangci-lint', undefined],
    ['registry.example.com/team/go', undefined],
    ['registry.example.com/team/cargo-toolset', undefined],
    ['registry.example.com/team/perl-app', undefined],
    ['registry.example.com/team/dotnet-ex', undefined],
    ['registry.example.com/python/app', undefined],
    ['python.example.com/app', undefined],
    ['registry.example.com/ubi9/httpd-24', undefined],
    ['registry.example.com/ubi9/nginx-124', undefined],
    ['', undefined],
  ];
  for (const [repository, profile] of rows) {
    it(`${JSON.stringify(repository)}: ${profile ?? 'none'}`, () => {
      const matching = Object.entries(builtinProfiles).filter(([, { match }]) => new RegExp(match).test(repository));
      assert.deepEqual(
        matching.map(([name]) => name),
        profile === undefined ? [] : [profile],
      );
    });
  }
});

describe('builtinProfiles: settings', () => {
  const said: Record<Name, { scriptsDir: string; keep: string[]; outputs: string[]; env: object; trustedEnv: object }> =
    {
      python: {
        scriptsDir: '/usr/libexec/s2i',
        keep: [],
        outputs: [],
        env: {
          PIP_INDEX_URL: url,
          UV_DEFAULT_INDEX: url,
          PIPENV_PYPI_MIRROR: url,
          MICROPIPENV_DEFAULT_INDEX_URLS: url,
        },
        trustedEnv: { PIP_TRUSTED_HOST: host, UV_INSECURE_HOST: host },
      },
      nodejs: {
        scriptsDir: '/usr/libexec/s2i',
        keep: ['node_modules'],
        outputs: [],
        env: {
          NPM_MIRROR: url,
          npm_config_registry: url,
          pnpm_config_registry: url,
          YARN_NPM_REGISTRY_SERVER: url,
        },
        trustedEnv: {
          npm_config_strict_ssl: 'false',
          pnpm_config_strict_ssl: 'false',
          YARN_ENABLE_STRICT_SSL: 'false',
          YARN_UNSAFE_HTTP_WHITELIST: 'mirror.example.com',
        },
      },
      java: {
        scriptsDir: '/usr/local/s2i',
        keep: ['.m2'],
        outputs: [
          '/deployments',
          '$S2I_TARGET_DEPLOYMENTS_DIR',
          '$JBOSS_HOME/standalone/deployments',
          '$JBOSS_HOME/standalone/configuration',
          '$JWS_HOME/webapps',
          '$JWS_HOME/conf',
          '$JWS_HOME/lib',
        ],
        env: { MAVEN_MIRROR_URL: url },
        trustedEnv: {
          MAVEN_ARGS_APPEND:
            '-Dmaven.wagon.http.ssl.insecure=true -Dmaven.wagon.http.ssl.allowall=true -Daether.connector.https.securityMode=insecure',
        },
      },
      php: {
        scriptsDir: '/usr/libexec/s2i',
        keep: ['vendor'],
        outputs: [],
        env: { COMPOSER_MIRROR: url },
        trustedEnv: {},
      },
      ruby: {
        scriptsDir: '/usr/libexec/s2i',
        keep: ['bundle'],
        outputs: [],
        env: { RUBYGEM_MIRROR: url, BUNDLE_MIRROR__RUBYGEMS__ORG: url },
        trustedEnv: {},
      },
      golang: {
        scriptsDir: '/usr/libexec/s2i',
        keep: ['go', '.cache'],
        outputs: ['$HOME/go/src'],
        env: { GOPROXY: url },
        trustedEnv: {},
      },
      perl: {
        scriptsDir: '/usr/libexec/s2i',
        keep: [],
        outputs: ['/opt/app-root/etc/httpd.d'],
        env: { CPAN_MIRROR: url, PERL_CPANM_OPT: `--from ${url}` },
        trustedEnv: {},
      },
      dotnet: {
        scriptsDir: '/usr/libexec/s2i',
        keep: [],
        outputs: ['/opt/app-root/app', '/opt/app-root/.dotnet', '/opt/app-root/packages-for-incremental-build'],
        env: { DOTNET_RESTORE_SOURCES: url },
        trustedEnv: {},
      },
    };

  it('are tried in this order', () => {
    assert.deepEqual(Object.keys(builtinProfiles), Object.keys(said));
  });

  for (const [name, profile] of Object.entries(builtinProfiles)) {
    const expected = said[name as Name];
    it(`${name}: scriptsDir, keep, outputs and variables`, () => {
      const { scriptsDir, keep, outputs } = profile;
      const actual = { scriptsDir, keep, outputs, env: profile.env(url), trustedEnv: profile.trustedEnv(host) };
      assert.deepEqual(actual, expected);
    });

    it(`${name}: the variables keep their order`, () => {
      assert.deepEqual(Object.keys(profile.env(url)), Object.keys(expected.env));
      assert.deepEqual(Object.keys(profile.trustedEnv(host)), Object.keys(expected.trustedEnv));
    });

    it(`${name}: names that the schema and the wrapper accept`, () => {
      const variables = [...Object.keys(profile.env(url)), ...Object.keys(profile.trustedEnv(host))];
      for (const variable of variables) assert.match(variable, /^[A-Za-z_][A-Za-z0-9_]*$/);
      assert.equal(new Set(variables).size, variables.length);
      const { keep, outputs } = profile;
      const text = `assemble: {profiles: {own: ${JSON.stringify({ keep, outputs })}}}`;
      const [own] = parseConfig(text, {}).assemble.profiles;
      assert.deepEqual({ keep: own?.keep, outputs: own?.outputs }, { keep, outputs });
      assert.match(profile.scriptsDir, /^\/[a-z0-9/]*[a-z0-9]$/);
    });

    it(`${name}: no credential except in the URL`, () => {
      const variables = { ...profile.env(url), ...profile.trustedEnv(host) };
      for (const [variable, value] of Object.entries(variables)) {
        assert.doesNotMatch(variable, /token|password|passwd|secret|auth|user|login|credential|key/i);
        assert.doesNotMatch(value, /@/);
        assert.doesNotMatch(value, /token|password|passwd|secret|login|credential/i);
      }
    });
  }

  it('nodejs: a host without port is unchanged', () => {
    const rows = [
      ['npm.example.com', 'npm.example.com'],
      ['npm.example.com:80', 'npm.example.com'],
      ['192.0.2.7:4873', '192.0.2.7'],
      ['[2001:db8::7]', '[2001:db8::7]'],
      ['[2001:db8::7]:4873', '[2001:db8::7]'],
    ];
    for (const [given = '', listed] of rows) {
      assert.equal(builtinProfiles.nodejs.trustedEnv(given).YARN_UNSAFE_HTTP_WHITELIST, listed);
    }
  });
});
