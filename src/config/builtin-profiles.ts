import { stockScriptsDir } from './profile.ts';

/** What is known of one language's builder images, so that an admin only gives a URL. Sources: docs/profiles.md. */
export interface BuiltinProfile {
  /** Tried on the base image's repository (without tag and digest): source of a regular expression. */
  readonly match: string;
  /** The folder of the S2I scripts in the stock images: their label `io.openshift.s2i.scripts-url`. */
  readonly scriptsDir: string;
  /**
   * Entries of the work directory that an incremental build starts with: dependencies that the tools prune themselves.
   */
  readonly keep: readonly string[];
  /** Other folders that `assemble` fills without emptying them; the first step may be a variable of the image. */
  readonly outputs: readonly string[];
  /** The variables that the language's tools read, for an index, registry or mirror at a URL; in a fixed order. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /**
   * The further variables for a host (with its port if the URL has one) whose certificate is not to be verified, or
   * that has plain HTTP; empty where the tools have none.
   */
  readonly trustedEnv: (host: string) => Readonly<Record<string, string>>;
}

const nothing = () => ({});

/**
 * Only the last component of a path tells the language: `go-team/python-311` is Python. It is a builder's name, with
 * `s2i-` or `ubi9-` before it where a mirror flattens paths, and a version behind it, so `nodejs-ex` is none.
 */
function lastComponent(names: string): string {
  return `(?:^|/)(?:s2i-|ubi[0-9]+-)*(?:${names})$`;
}

function versioned(name: string): string {
  return lastComponent(`${name}(?:-[0-9][a-z0-9._-]*)?`);
}

/** In the order in which they are tried; no two of them match the same repository. */
export const builtinProfiles: Readonly<
  Record<'python' | 'nodejs' | 'java' | 'php' | 'ruby' | 'golang' | 'perl' | 'dotnet', BuiltinProfile>
> = {
  python: {
    match: versioned('python3?'),
    scriptsDir: stockScriptsDir,
    // Packages are in a virtual environment outside of the work directory; the wrapper has pip remove what has to go.
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
    // npm, Yarn and pnpm remove from it what package.json needs no more.
    keep: ['node_modules'],
    outputs: [],
    // No YARN_REGISTRY: Yarn 1 has npm's, and Yarn 2 stops at a variable YARN_… that is no setting of its own.
    env: (url) => ({
      NPM_MIRROR: url,
      npm_config_registry: url,
      pnpm_config_registry: url,
      YARN_NPM_REGISTRY_SERVER: url,
    }),
    // The list is of host names; all the others know no single host, and never NODE_TLS_REJECT_UNAUTHORIZED: it would
    // hold for the application as well.
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
        // Not wildfly-101-centos7 and its like: their scripts and their source are elsewhere.
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
    // The local repository, where it is not in /tmp/artifacts.
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
    // Wagon is the transport up to Maven 3.8 (`insecure` alone still compares host names), the resolver's own that of
    // 3.9.
    trustedEnv: () => ({
      MAVEN_ARGS_APPEND:
        '-Dmaven.wagon.http.ssl.insecure=true -Dmaven.wagon.http.ssl.allowall=true -Daether.connector.https.securityMode=insecure',
    }),
  },
  php: {
    match: versioned('php'),
    scriptsDir: stockScriptsDir,
    // Composer removes from it what composer.json requires no more. Not composer.lock: `composer install` fails on a
    // lock that lacks a new requirement.
    keep: ['vendor'],
    outputs: [],
    env: (url) => ({ COMPOSER_MIRROR: url }),
    trustedEnv: nothing,
  },
  ruby: {
    match: versioned('ruby'),
    scriptsDir: stockScriptsDir,
    // The gems; assemble ends with `bundle clean`. Not Gemfile.lock and .bundle: a lock that Bundler wrote itself makes
    // assemble turn on deployment mode, which .bundle/config keeps and which fails on a changed Gemfile.
    keep: ['bundle'],
    outputs: [],
    // Not BUNDLE_MIRROR__ALL: it would take the place of a Gemfile's private sources, too.
    env: (url) => ({ RUBYGEM_MIRROR: url, BUNDLE_MIRROR__RUBYGEMS__ORG: url }),
    trustedEnv: nothing,
  },
  golang: {
    match: lastComponent('golang(?:-[0-9][a-z0-9._-]*)?|go-toolset(?:-[a-z0-9._-]+)?'),
    scriptsDir: stockScriptsDir,
    // Modules and build cache, both by content. In GOPATH mode the source is moved to go/src, and fails to the second
    // time.
    keep: ['go', '.cache'],
    outputs: ['$HOME/go/src'],
    env: (url) => ({ GOPROXY: url }),
    // An http:// proxy needs none. GOINSECURE is about modules that are fetched without a proxy, and a proxy that is
    // trusted is no reason to leave the checksum database.
    trustedEnv: nothing,
  },
  perl: {
    match: versioned('perl'),
    scriptsDir: stockScriptsDir,
    // Not extlib: for a PSGI application assemble patches a module in it, which fails the second time.
    keep: [],
    outputs: ['/opt/app-root/etc/httpd.d'],
    // --from, not --mirror: otherwise cpanm asks the public index first.
    env: (url) => ({ CPAN_MIRROR: url, PERL_CPANM_OPT: `--from ${url}` }),
    trustedEnv: nothing,
  },
  dotnet: {
    match: versioned('dotnet'),
    scriptsDir: stockScriptsDir,
    // The packages are removed by assemble itself. It makes the last folder with a plain `mkdir`, and installs global
    // tools into .dotnet, which fails on one that is there.
    keep: [],
    outputs: ['/opt/app-root/app', '/opt/app-root/.dotnet', '/opt/app-root/packages-for-incremental-build'],
    env: (url) => ({ DOTNET_RESTORE_SOURCES: url }),
    trustedEnv: nothing,
  },
};
