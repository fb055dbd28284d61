/** The configuration as the rest of the program sees it: complete, checked, frozen. Durations are milliseconds. */

/** How a Build continues from the previous one: from its image, or not at all. */
export type Mode = 'chain' | 'false';

/** The folder of the S2I scripts in most builder images, and where S2I looks for `run` when scripts came from a URL. */
export const stockScriptsDir = '/usr/libexec/s2i';

/** One env profile: for base images whose repository matches, the variables that `assemble` is given. */
export interface Profile {
  readonly name: string;
  /** Tried on the base image's repository; undefined: only by label. */
  readonly match: RegExp | undefined;
  /** The folder of the S2I scripts in the image. */
  readonly scriptsDir: string;
  /** Entries of `$HOME` that the wrapper removes before each build. */
  readonly clean: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

export interface IncrementalConfig {
  readonly mode: Mode;
  /** What a chained Build's own `incremental` field becomes: `auto` is false, `true` is true. */
  readonly flag: 'auto' | 'true';
  /** Builds in a chain before a full one. */
  readonly maxDepth: number;
  /** Milliseconds since the chain's full build before the next one. */
  readonly maxAge: number;
  /** Name of the Secret to pull the previous image with; empty: derived from the Build. */
  readonly pullSecret: string;
}

export interface OutputConfig {
  readonly timestampTag: boolean;
  /** `{timestamp}` and `{buildNumber}` are replaced. */
  readonly tagFormat: string;
  /** IANA name of the time zone the timestamp is written in. */
  readonly timezone: string;
  /** Registries whose outputs get a tag; empty: any. */
  readonly registries: readonly string[];
  /** Where ImageStreamTag outputs are pushed instead; `{namespace}` and `{name}` (the image stream's) are replaced; empty: left alone. */
  readonly imageStreamRepository: string;
  /** Name of the Secret to push there with; empty: the Build's own. */
  readonly pushSecret: string;
}

export interface AssembleConfig {
  readonly wrapper: boolean;
  /** URL the build pods fetch the wrapper from; empty: it is not delivered. */
  readonly baseUrl: string;
  /** In the order of the file: the first match wins. */
  readonly profiles: readonly Profile[];
}

export interface CertificateConfig {
  /** The Secret in which all replicas keep their certificates; undefined: they come from a folder. */
  readonly secret: { readonly namespace: string; readonly name: string } | undefined;
  /** Name of the MutatingWebhookConfiguration that calls this webhook, whose `caBundle` is kept up to date; empty without a Secret. */
  readonly webhookConfiguration: string;
  /** Milliseconds a serving certificate lives; a new one is made at two thirds. */
  readonly life: number;
  /** Milliseconds a CA lives; the next one is made at two thirds. */
  readonly authorityLife: number;
}

export interface Config {
  readonly incremental: IncrementalConfig;
  readonly output: OutputConfig;
  readonly assemble: AssembleConfig;
  readonly buildConfig: { readonly mutate: boolean; readonly injectEnv: boolean };
  readonly certificate: CertificateConfig;
  /** Whether each decision is told in an Event on its BuildConfig. */
  readonly events: { readonly enabled: boolean };
  readonly server: {
    /** Milliseconds between SIGTERM and the end of accepting requests. */
    readonly shutdownDelay: number;
    /** Milliseconds one review may take before it is answered without a patch. */
    readonly requestBudget: number;
  };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'text' };
}

/** The levels a log can be set to, from silent to everything. */
export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];
