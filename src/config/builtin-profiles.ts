import { stockScriptsDir } from './profile.ts';

/**
 * Holds what is known about the builder images of one language, so that an admin only sets a URL. Sources:
 * docs/profiles.md.
 */
export interface BuiltinProfile {
  /** A regular expression for the repository of the base image, without tag and digest. */
  readonly match: string;
  /** The folder of the S2I scripts in the stock images: their label `io.openshift.s2i.scripts-url`. */
  readonly scriptsDir: string;
  /** Entries of the work directory that an incremental build keeps: dependencies that the tools prune themselves. */
  readonly keep: readonly string[];
  /** Other folders that `assemble` fills without emptying them; the first segment may be a variable of the image. */
  readonly outputs: readonly string[];
  /** Returns the variables that set an index, registry or mirror for the language's tools; in a fixed order. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /**
   * Returns further variables for a host (with the port of the URL) that has plain HTTP or an unverified certificate;
   * empty if the tools have none.
   */
  readonly trustedEnv: (host: string) => Readonly<Record<string, string>>;
}

const nothing = () => ({});

/**
 * Returns a pattern for the last segment of a path: a builder's name and version. Flattened mirrors put `s2i-` or
 * `ubi9-` before it. `go-team/python-311` is Python; `nodejs-ex` is no builder.
 */
function lastComponent(names: string): string {
  return `(?:^|/)(?:s2i-|ubi[0-9]+-)*(?:${names})$`;
}

function versioned(name: string): string {
  return lastComponent(`${name}(?:-[0-9][a-z0-9._-]*)?`);
}

/** Lists the built-in profiles in the order of matching; no repository matches two of them. */
export const builtinProfiles: Readonly<
  Record<'python' | 'nodejs' | 'java' | 'php' | 'ruby' | 'golang' | 'perl' | 'dotnet', BuiltinProfile>
> = {
  python: {
    match: versioned('python3?'),
    scriptsDir: stockScriptsDir,
    // Packages are in a virtual environment outside of the work directory; the wrapper removes obsolete ones with pip.
    keep: [],
    outputs: [],
    env: (url) => ({
      PIP_INDEX_URL: url,
      UV_DEFAULT_INDEX: url,
      PIPENV_PYPI_MIRROR: url,
      MICROPIPENV_DEFAULT_INDEX_URLS: url,
    }),
    trustedEnv: (host) => ({ PIP_TRUSTED_HOST: host, UV_INSECURE_HOST: host }),
  },
  nodejs: {
    match: versioned('nodejs'),
    scriptsDir: stockScriptsDir,
    // npm, Yarn and pnpm remove what package.json no longer needs.
    keep: ['node_modules'],
    outputs: [],
    // YARN_REGISTRY is left out: Yarn 1 reads npm's variable, and Yarn 2 fails on an unknown YARN_… variable.
    env: (url) => ({
      NPM_MIRROR: url,
      npm_config_registry: url,
      pnpm_config_registry: url,
      YARN_NPM_REGISTRY_SERVER: url,
    }),
    // The whitelist takes host names; the other variables apply to every host. NODE_TLS_REJECT_UNAUTHORIZED is left
    // out: it would also apply to the application.
    trustedEnv: (host) => ({
      npm_config_strict_ssl: 'false',
      pnpm_config_strict_ssl: 'false',
      YARN_ENABLE_STRICT_SSL: 'false',
      YARN_UNSAFE_HTTP_WHITELIST: host.replace(/:[0-9]+$/, ''),
    }),
  },
  java: {
    match: lastComponent(
      [
        'java(?:-[0-9][a-z0-9._-]*)?',
        '(?:redhat-)?openjdk-?[0-9][a-z0-9._-]*',
        '(?:jboss-)?eap(?:-?(?:[0-9]|xp)[a-z0-9._-]*)?',
        // wildfly-101-centos7 and the like do not match: their scripts and source are elsewhere.
        'wildfly(?:-(?:s2i[a-z0-9._-]*|centos7))?',
        '(?:jboss-)?(?:webserver|jws)-?[0-9][a-z0-9._-]*',
        '(?:fuse|fis)[0-9]*-(?:java|karaf|eap)(?:-openshift[a-z0-9._-]*)?',
        '(?:rhpam|rhdm)-kieserver[a-z0-9._-]*',
        'kie-server(?:-[0-9][a-z0-9._-]*)?',
        'jkube-(?:java|karaf|tomcat|jetty|wildfly)[a-z0-9._-]*',
        'fabric8-(?:java|karaf)[a-z0-9._-]*',
        '(?:java|karaf|tomcat)-(?:alpine|centos|jboss)-openjdk[a-z0-9._-]*',
        'karaf(?:-[0-9][a-z0-9._-]*)?',
      ].join('|'),
    ),
    scriptsDir: '/usr/local/s2i',
    // The local repository, unless it is in /tmp/artifacts.
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
    env: (url) => ({ MAVEN_MIRROR_URL: url }),
    // Wagon is the transport up to Maven 3.8 (`insecure` alone still compares host names); 3.9 uses the resolver's own.
    trustedEnv: () => ({
      MAVEN_ARGS_APPEND:
        '-Dmaven.wagon.http.ssl.insecure=true -Dmaven.wagon.http.ssl.allowall=true ' +
        '-Daether.connector.https.securityMode=insecure',
    }),
  },
  php: {
    match: versioned('php'),
    scriptsDir: stockScriptsDir,
    // Composer removes what composer.json no longer requires. composer.lock is not kept: `composer install` fails on a
    // lock that lacks a new requirement.
    keep: ['vendor'],
    outputs: [],
    env: (url) => ({ COMPOSER_MIRROR: url }),
    trustedEnv: nothing,
  },
  ruby: {
    match: versioned('ruby'),
    scriptsDir: stockScriptsDir,
    // The gems; assemble ends with `bundle clean`. Gemfile.lock and .bundle are not kept: with a lock that Bundler
    // wrote, assemble turns on deployment mode, which .bundle/config keeps and which fails on a changed Gemfile.
    keep: ['bundle'],
    outputs: [],
    // BUNDLE_MIRROR__ALL is left out: it would also replace a Gemfile's private sources.
    env: (url) => ({ RUBYGEM_MIRROR: url, BUNDLE_MIRROR__RUBYGEMS__ORG: url }),
    trustedEnv: nothing,
  },
  golang: {
    match: lastComponent('golang(?:-[0-9][a-z0-9._-]*)?|go-toolset(?:-[a-z0-9._-]+)?'),
    scriptsDir: stockScriptsDir,
    // Modules and build cache, both addressed by content. In GOPATH mode the source is moved to go/src, which fails the
    // second time.
    keep: ['go', '.cache'],
    outputs: ['$HOME/go/src'],
    env: (url) => ({ GOPROXY: url }),
    // A proxy with http:// needs no variable: GOINSECURE applies to modules that are fetched without a proxy. A trusted
    // proxy is no reason to turn off the checksum database.
    trustedEnv: nothing,
  },
  perl: {
    match: versioned('perl'),
    scriptsDir: stockScriptsDir,
    // extlib is not kept: for a PSGI application assemble patches a module in it, which fails the second time.
    keep: [],
    outputs: ['/opt/app-root/etc/httpd.d'],
    // `--from` instead of `--mirror`: with the latter cpanm asks the public index first.
    env: (url) => ({ CPAN_MIRROR: url, PERL_CPANM_OPT: `--from ${url}` }),
    trustedEnv: nothing,
  },
  dotnet: {
    match: versioned('dotnet'),
    scriptsDir: stockScriptsDir,
    // assemble removes the packages itself. It creates the last folder with a plain `mkdir`, and installs global tools
    // into .dotnet, which fails if they exist.
    keep: [],
    outputs: ['/opt/app-root/app', '/opt/app-root/.dotnet', '/opt/app-root/packages-for-incremental-build'],
    env: (url) => ({ DOTNET_RESTORE_SOURCES: url }),
    trustedEnv: nothing,
  },
};
