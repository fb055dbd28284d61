import { previousBuildOf } from '../history/earlier-build.ts';
import { buildConfigOf, buildNumberOf, referenceKeyOf, durationOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { labels, openshiftKeys } from '../openshift/keys.ts';
import { annotationOf, formatTime, labelOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildOrigin } from '../policy/build-origin.ts';
import { hasOptInLabel, ownOptIn } from '../policy/opt-in.ts';
import { explainReason, isBuildReason } from '../policy/reasons.ts';
import { type RecordedDecision, recordedDecisionOf } from './build-summary.ts';
import { explainNextBuild } from './next-build.ts';
import { formatSeconds } from './words.ts';

/** Holds a Build to explain. */
export interface ExplainRequest {
  readonly build: JsonObject;
  /** Its current state; undefined if there is none or it could not be read. */
  readonly buildConfig: JsonObject | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The name of this program on a command line. */
  readonly program: string;
}

/** Explains a Build in sentences, with names of variables but never their values. */
export function explainBuild(request: ExplainRequest): readonly string[] {
  const recorded = recordedDecisionOf(request.build);
  return recorded === undefined ? explainUnmodified(request) : explainAdmitted(request, recorded);
}

function explainAdmitted({ build, buildConfig, now }: ExplainRequest, recorded: RecordedDecision): readonly string[] {
  const { decision, reason = '', origin } = recorded;
  const why = isBuildReason(reason) ? explainReason(reason) : `the reason it recorded is ${reason || 'gone'}`;
  const phase = phaseOf(build);
  return [
    `build/${nameOf(build)} is ${decision === 'full' ? 'a full' : 'an incremental'} build: ${why}.`,
    `It is ${describePhase(build)}.`,
    describeBase(build, recorded),
    describeOutput(build, origin),
    describeScripts(build, origin),
    describeEnv(origin),
    describeChain(recorded, now),
    ...describeSaving(build, recorded),
    explainNextBuild({
      number: buildNumberOf(build),
      reason,
      decision,
      phase,
      hasImage: previousBuildOf(build) !== undefined,
      byNamespace: ownOptIn(build) === undefined,
      buildConfig,
    }),
  ];
}

function describeBase(
  build: JsonObject,
  { decision, previousBuild = 'an earlier Build', baseImage = 'not recorded' }: RecordedDecision,
): string {
  const from = referenceKeyOf(sourceStrategyOf(build)?.['from']);
  if (decision === 'full') return `It starts from the base image, ${from}.`;
  return `It starts from ${from}, the image of ${previousBuild}; the base image is ${baseImage}.`;
}

function describeOutput(build: JsonObject, origin: BuildOrigin | undefined): string {
  const to = referenceKeyOf(objectAt(build, 'spec', 'output', 'to'));
  if (to === '') return 'It has no output: its image is not pushed.';
  if (origin === undefined) return `Its image is pushed to ${to}.`;
  const before = referenceKeyOf(origin.output);
  return before === to
    ? `Its image is pushed to ${to}, as its BuildConfig says.`
    : `Its image is pushed to ${to} instead of ${before === '' ? 'nowhere' : before}.`;
}

function describeScripts(build: JsonObject, origin: BuildOrigin | undefined): string {
  const scripts = stringAt(sourceStrategyOf(build), 'scripts') ?? '';
  if (scripts === '') return "No assemble wrapper is delivered: its scripts are the repository's or the image's own.";
  return origin?.scripts === scripts
    ? `No assemble wrapper is delivered: its BuildConfig sets scripts: ${scripts}.`
    : `The assemble wrapper comes from ${scripts}.`;
}

function describeEnv(origin: BuildOrigin | undefined): string {
  if (origin === undefined) return 'Which variables were added is not recorded.';
  return origin.env.length === 0
    ? 'No variables were added.'
    : `Variables were added: ${origin.env.map(({ name }) => name).join(', ')}.`;
}

function describeChain({ reason, chainDepth, chainStarted }: RecordedDecision, now: number): string {
  const since =
    chainStarted === undefined
      ? ''
      : `, which started ${formatSeconds(Math.max(0, now - chainStarted) / 1000)} ago (${formatTime(chainStarted)})`;
  if (chainDepth === undefined) return 'Where it is in its chain is not recorded.';
  if (reason === 'saves_nothing') {
    return `It starts no chain, because the last one${since === '' ? '' : `${since},`} saved nothing.`;
  }
  return chainDepth === 0
    ? `It is the full build at the start of its chain${since}.`
    : `It is incremental build number ${chainDepth} of its chain${since}.`;
}

/** Returns what a complete incremental Build saved against the full build of its chain; empty if unknown. */
function describeSaving(build: JsonObject, { decision, chainFullSeconds: full }: RecordedDecision): readonly string[] {
  const seconds = phaseOf(build) === 'Complete' ? durationOf(build) : undefined;
  if (decision !== 'incremental' || seconds === undefined || full === undefined) return [];
  const [own, other] = [formatSeconds(seconds), formatSeconds(full)];
  return [
    seconds < full
      ? `It saves ${formatSeconds(full - seconds)}: ${own} instead of ${other} for the full build of its chain.`
      : `It saves nothing: ${own} instead of ${other} for the full build of its chain.`,
  ];
}

/**
 * Explains why a Build is unmodified, from its own content. The first row that fits:
 *
 * | condition                                      | explanation                                        |
 * | ---------------------------------------------- | -------------------------------------------------- |
 * | no Source strategy                             | it cannot be incremental                           |
 * | no label `true`, its BuildConfig has it        | it was created before the BuildConfig opted in     |
 * | no label `true`                                | its BuildConfig has not opted in                   |
 * | a clone                                        | webhook down or failed, or BuildConfig opted out   |
 * | anything else                                  | webhook down or failed                             |
 */
function explainUnmodified({ build, buildConfig, program }: ExplainRequest): readonly string[] {
  const first = `build/${nameOf(build)} is unmodified: the webhook did not change it.`;
  const phase = `It is ${describePhase(build)}.`;
  if (sourceStrategyOf(build) === undefined) {
    return [first, phase, 'It has no Source strategy, and only Builds with it can be incremental.'];
  }
  const label = labelOf(build, labels.enabled);
  if (!hasOptInLabel(build)) return [first, phase, ...explainMissingLabel(build, buildConfig, label)];
  const check =
    `To find the cause: ${program} check -n ${namespaceOf(build)} checks the webhook; ` +
    'if it had an error, an Event of the BuildConfig and its log name this Build.';
  const source = annotationOf(build, openshiftKeys.cloneOf);
  if (source !== undefined) {
    return [
      first,
      phase,
      `It is a clone of ${source} and has that Build's settings. Either its BuildConfig had opted ` +
        'out by then, or the webhook was not called, did not answer in time or had an error.',
      check,
    ];
  }
  return [
    first,
    phase,
    `It has the label ${labels.enabled}=true, so the webhook was not called, did not answer in time ` +
      'or had an error. Its base image, output and env are those of the BuildConfig.',
    check,
  ];
}

function explainMissingLabel(
  build: JsonObject,
  buildConfig: JsonObject | undefined,
  label: string | undefined,
): readonly string[] {
  const owner = buildConfigOf(build)?.name ?? stringAt(build, 'status', 'config', 'name');
  const says =
    label === undefined ? `no label ${labels.enabled}` : `the label ${labels.enabled}=${label}, which does not opt in`;
  if (owner === undefined) return [`It has ${says}, and belongs to no BuildConfig that could give it one.`];
  if (buildConfig !== undefined && hasOptInLabel(buildConfig)) {
    return [`It has ${says}: buildconfig/${owner} opted in after it was created. The webhook changes the next Build.`];
  }
  return [
    `It has ${says}: buildconfig/${owner} had not opted in when it was created.`,
    `To opt in: oc label bc/${owner} --overwrite ${labels.enabled}=true`,
  ];
}

function phaseOf(build: JsonObject): string {
  return stringAt(build, 'status', 'phase') ?? 'New';
}

function describePhase(build: JsonObject): string {
  const [phase, seconds] = [phaseOf(build), durationOf(build)];
  return seconds === undefined ? phase : `${phase}; it took ${formatSeconds(seconds)}`;
}
