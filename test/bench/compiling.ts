import { detectDataplane } from '#dataplane';
import {
  type CompileInput,
  compileIndex,
  compileInputOf,
  decodeIndex,
  encodeIndex,
  type ReachabilityIndex,
} from '#engine';
import { underEngine } from '#manifests';
import { generatedMixed, generatedModel } from '../generate/generated-model.js';
import type { ProfileName } from '../generate/profiles.js';
import { Random } from '../generate/random.js';
import type { BenchOptions, Figure } from './figure.js';
import { median } from './median.js';

const targets: Readonly<Partial<Record<ProfileName, { millis: number; megabytes: number | null }>>> = {
  ceiling: { millis: 1500, megabytes: 64 },
  adversarial: { millis: 3000, megabytes: 128 },
  tenants: { millis: 2000, megabytes: null },
  identities: { millis: 2000, megabytes: null },
};

/** Compiling each profile from its model, the size of the index, and look-ups in it. */
export async function* benchCompiling({ scale, runs }: BenchOptions): AsyncIterable<Figure> {
  for (const [profile, target] of Object.entries(targets) as [ProfileName, (typeof targets)[ProfileName] & object][]) {
    const model = generatedModel({ profile, scale });
    const input = compileInputOf(model, detectDataplane(model));
    const compiled = Array.from({ length: runs }, () => timedCompile(input));
    const { stages, index } = compiled[0];
    const bytes = encodeIndex(index);
    const measured = { runs, profile, scale };
    yield {
      figure: `compile.${profile}`,
      value: median(compiled.map(({ millis }) => millis)),
      unit: 'ms',
      target: { atMost: target.millis },
      ...measured,
      details: { ...stages, classes: index.stats.classes, profiles: index.stats.profiles },
    };
    yield {
      figure: `index.${profile}`,
      value: bytes.length / 1e6,
      unit: 'MB',
      ...(target.megabytes === null ? {} : { target: { atMost: target.megabytes } }),
      ...measured,
    };
    const lookups = Array.from({ length: runs }, () => timedLookups(decodeIndex(bytes)));
    yield {
      figure: `verdict.engine.${profile}`,
      value: median(lookups),
      unit: '1/s',
      target: { atLeast: 5_000_000 },
      ...measured,
    };
  }
}

/** As the profiles, with policies of Calico and of the Admin tier among those of Kubernetes: lowered, then compiled. */
export async function* benchMixedKinds({ scale, runs }: BenchOptions): AsyncIterable<Figure> {
  for (const profile of ['identities', 'tenants'] as const) {
    const built = generatedMixed({ profile, scale });
    const dataplane = detectDataplane(built.model, 'policyEngine:calico');
    const lowerings = Array.from({ length: runs }, () => {
      const begun = performance.now();
      const { model } = underEngine(built, 'calico');
      return { model, millis: performance.now() - begun };
    });
    const input = compileInputOf(lowerings[0].model, dataplane);
    const compiled = Array.from({ length: runs }, () => timedCompile(input));
    const { stages, index } = compiled[0];
    const lowered = median(lowerings.map(({ millis }) => millis));
    const compile = median(compiled.map(({ millis }) => millis));
    yield {
      figure: `compile.mixed.${profile}`,
      value: lowered + compile,
      unit: 'ms',
      target: { atMost: 2000 },
      runs,
      profile,
      scale,
      details: { lowered, compile, ...stages, classes: index.stats.classes, profiles: index.stats.profiles },
    };
    const lookups = Array.from({ length: runs }, () => timedLookups(decodeIndex(encodeIndex(index))));
    yield { figure: `verdict.engine.mixed.${profile}`, value: median(lookups), unit: '1/s', runs, profile, scale };
  }
}

interface TimedCompile {
  readonly millis: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly index: ReachabilityIndex;
}

function timedCompile(input: CompileInput): TimedCompile {
  const begun = performance.now();
  const { index, timings } = compileIndex(input, () => performance.now());
  const millis = performance.now() - begun;
  return { millis, index, stages: Object.fromEntries(timings.map((timing) => [timing.stage, timing.millis])) };
}

/** Verdicts a second for pods as numbers, every pair as likely: the outcomes of both sides, joined. */
function timedLookups(index: ReachabilityIndex): number {
  const count = 1_000_000;
  const { podClass, podBlock4 } = index.arrays;
  const live = Uint32Array.from(podClass.keys()).filter((pod) => podClass[pod] > 0);
  const random = new Random('lookups');
  const pods = Uint32Array.from({ length: 2 * count }, () => live[random.below(live.length)]);
  let allowed = 0;
  const begun = performance.now();
  for (let i = 0; i < pods.length; i += 2) {
    const source = pods[i];
    const destination = pods[i + 1];
    const egress = index.outcome(
      index.profileOf('Egress', podClass[source]),
      podClass[destination],
      podBlock4[destination],
    );
    const ingress = index.outcome(
      index.profileOf('Ingress', podClass[destination]),
      podClass[source],
      podBlock4[source],
    );
    if (index.outcomes.both(egress, ingress) === index.outcomes.allowAll) allowed++;
  }
  const seconds = (performance.now() - begun) / 1000;
  // So that no loop is thrown away for nobody looking at its result.
  if (allowed > count) throw new Error('more answers than questions');
  return count / seconds;
}
