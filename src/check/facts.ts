import type { JsonObject } from '../openshift/json.ts';

/** What was found out about one thing; `unknown` where it may not be read, or not from here. */
export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly why: string };

/** An address that was asked. */
export type Reached =
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly why: string };

/** The webhook's own pods. */
export interface PodFacts {
  readonly name: string;
  readonly isReady: boolean;
  readonly image: string;
}

/** The certificate that is served at the address of the registration, verified by its `caBundle`. */
export interface CertificateFacts {
  /** Why it is not verified; undefined: it is. */
  readonly problem: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** The settings of the running webhook that the checks are about. */
export interface SettingsFacts {
  readonly wrapper: boolean;
  readonly baseUrl: string;
  readonly image: string;
  readonly imagePullSecret: string;
  readonly registries: readonly string[];
}

/** A Secret for a registry: whether it has a login for the image that it is named for. */
export interface SecretFacts {
  /** e.g. `push secret harbor-push` */
  readonly what: string;
  readonly image: string;
  readonly covers: Found<boolean>;
}

/** What is checked of one BuildConfig. */
export interface BuildConfigCheck {
  readonly name: string;
  readonly optedIn: boolean;
  readonly secrets: readonly SecretFacts[];
  /** The Build that the next one can continue from, and when it was created; undefined: there is none. */
  readonly previous: { readonly build: string; readonly createdAt: number | undefined } | undefined;
  /** What its next Build will be, and why. */
  readonly next: string;
}

/** Everything that the checks are told; they read nothing themselves. */
export interface CheckFacts {
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether this is a pod of the cluster. */
  readonly isInCluster: boolean;
  readonly apiGroup: Found<true>;
  /** The MutatingWebhookConfiguration that has the webhook's entries. */
  readonly registration: Found<JsonObject>;
  readonly certificate: Found<CertificateFacts>;
  /** What the API server makes of a BuildConfig with the label; nothing is stored. */
  readonly dryRun: Found<JsonObject>;
  readonly pods: Found<readonly PodFacts[]>;
  readonly settings: Found<SettingsFacts>;
  /** The wrapper's script, where build pods fetch it. */
  readonly scripts: Reached | undefined;
  /** The Secret that `assemble.image` is pulled with. */
  readonly imageSecret: Found<boolean> | undefined;
  /** `buildDefaults.env` of the cluster. */
  readonly defaultEnv: Found<readonly unknown[]>;
  /** Each registry that images are pushed to, asked for its API. */
  readonly registries: readonly { readonly host: string; readonly reached: Reached }[];
  /** Undefined: none was named. */
  readonly buildConfig: Found<BuildConfigCheck> | undefined;
}
