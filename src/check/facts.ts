import type { JsonObject } from '../openshift/json.ts';

/** Holds what was read about one thing; `unknown` if it may not be read, or not from here. */
export type Fact<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Says whether an address answered. */
export type ProbeResult =
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly why: string };

/** Describes one pod of the webhook. */
export interface PodFacts {
  readonly name: string;
  readonly isReady: boolean;
  readonly image: string;
}

/** Describes the certificate that the webhook serves, verified with the `caBundle`. */
export interface CertificateFacts {
  /** Why verification failed; undefined if it did not. */
  readonly problem: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Holds the settings of the running webhook that are checked. */
export interface SettingsFacts {
  readonly wrapper: boolean;
  readonly baseUrl: string;
  readonly image: string;
  readonly imagePullSecret: string;
  readonly registries: readonly string[];
}

/** Says whether a Secret has a login for an image. */
export interface SecretFacts {
  /** Such as `push secret harbor-push`. */
  readonly what: string;
  readonly image: string;
  readonly covers: Fact<boolean>;
}

/** Holds what is checked of one BuildConfig. */
export interface BuildConfigCheck {
  readonly name: string;
  readonly optedIn: boolean;
  readonly secrets: readonly SecretFacts[];
  /** The Build that the next one can continue from, and its creation time; undefined if none. */
  readonly previous: { readonly build: string; readonly createdAt: number | undefined } | undefined;
  /** Says whether its next Build is full or incremental, and why. */
  readonly next: string;
  /** Whether the webhook's configuration, on which that depends, is known. */
  readonly isCertain: boolean;
}

/** Holds everything that the checks need; they read nothing themselves. */
export interface CheckFacts {
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether this process is in a pod of the cluster. */
  readonly isInCluster: boolean;
  readonly apiGroup: Fact<true>;
  /** The MutatingWebhookConfiguration with the webhook's entries. */
  readonly webhookConfiguration: Fact<JsonObject>;
  readonly certificate: Fact<CertificateFacts>;
  /** The API server's answer to a dry run with an opted-in BuildConfig. */
  readonly dryRun: Fact<JsonObject>;
  readonly pods: Fact<readonly PodFacts[]>;
  readonly settings: Fact<SettingsFacts>;
  /** Whether the wrapper can be fetched where build pods fetch it. */
  readonly scripts: ProbeResult | undefined;
  /** Whether the Secret for `assemble.image` has a login for it. */
  readonly imageSecret: Fact<boolean> | undefined;
  /** `buildDefaults.env` of the cluster. */
  readonly defaultEnv: Fact<readonly unknown[]>;
  /** Whether the API of each registry that images are pushed to answers. */
  readonly registries: readonly { readonly host: string; readonly result: ProbeResult }[];
  /** Undefined: none was named. */
  readonly buildConfig: Fact<BuildConfigCheck> | undefined;
}
