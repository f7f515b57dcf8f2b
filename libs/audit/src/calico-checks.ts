import type { Finding, Policy, Tier } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import { nameOf, subjectPath, type WrittenRule, writtenRules } from './written.js';

/** The order of Kubernetes' policies among those of Calico's tier `default`. */
const kubernetesOrder = 1000;

/** Pairs of policies of one order that are compared, at most. */
const pairsMax = 100_000;

/** Calico's policies where Calico is in charge; what is odd about how they are written is found when they are read. */
export function* calicoChecks(audited: Audited): Iterable<Finding> {
  const own = audited.cluster.model.policies.filter(({ ref }) => ref.group === 'projectcalico.org');
  if (own.length === 0) return;
  yield* endOfTierFindings(audited, own);
  yield* reopenedFindings(audited, own);
  yield* tieFindings(audited, own);
}

/** Pods that a tier drops what no rule of it is about. In the tier `default` that is what isolation means. */
function* endOfTierFindings(audited: Audited, own: readonly Policy[]): Iterable<Finding> {
  const tiers = new Map<string, { readonly tier: Tier; readonly policies: Policy[] }>();
  for (const policy of own) {
    const { tier } = policy;
    if (tier.unmatched !== 'Isolate' || tier.name === 'default') continue;
    const known = tiers.get(tier.name);
    if (known === undefined) tiers.set(tier.name, { tier, policies: [policy] });
    else known.policies.push(policy);
  }
  for (const { tier, policies } of tiers.values()) {
    for (const direction of ['Ingress', 'Egress'] as const) {
      const here = policies.filter(({ directions }) => directions.includes(direction));
      const isWhole = ({ rule, direction: of }: WrittenRule): boolean =>
        of === direction &&
        rule.action !== 'Log' &&
        rule.peers === null &&
        rule.ports === null &&
        rule.exceptPorts === undefined;
      const whole = here.filter((policy) => writtenRules(policy).some(isWhole));
      const covered = new Uint8Array(audited.groups.end);
      for (const policy of whole) {
        const { groups } = audited.subject(policy);
        for (let i = 0; i < groups.length; i += 2) covered.fill(1, groups[i], groups[i + 1]);
      }
      const dropping = here.flatMap((policy) => {
        const group = firstUncovered(audited, policy, covered);
        return group < 0 ? [] : [{ policy, group }];
      });
      if (dropping.length === 0) continue;
      const [{ policy, group }] = dropping;
      const witness = audited.podText(audited.groups.podOf[group]);
      const path = `spec.${direction.toLowerCase()}`;
      const message = `tier ${tier.name} drops all ${direction.toLowerCase()} of ${witness?.slice(4)} that no rule of it is about, since ${nameOf(policy)} selects the pod`;
      const subjects = dropping.map((one) => one.policy.ref);
      yield lint('CALICO_END_OF_TIER_DROP', message, subjects, { path, witness, tier: tier.name, direction });
    }
  }
}

function firstUncovered(audited: Audited, policy: Policy, covered: Uint8Array): number {
  const { groups } = audited.subject(policy);
  for (let i = 0; i < groups.length; i += 2) {
    for (let g = groups[i]; g < groups[i + 1]; g++) if (covered[g] === 0 && audited.groups.isOrdinary(g)) return g;
  }
  return -1;
}

/** Allow rules that come after Kubernetes' policies and let in what these isolate from. */
function* reopenedFindings(audited: Audited, own: readonly Policy[]): Iterable<Finding> {
  const { policies } = audited.cluster.model;
  for (const direction of ['Ingress', 'Egress'] as const) {
    const late = own.filter(
      ({ tier, order, directions }) =>
        tier.name === 'default' && order > kubernetesOrder && directions.includes(direction),
    );
    if (late.length === 0) continue;
    const isolatedBy = new Map<number, Policy>();
    for (const policy of policies) {
      if (policy.ref.group !== 'networking.k8s.io' || !policy.directions.includes(direction)) continue;
      const { groups } = audited.subject(policy);
      for (let i = 0; i < groups.length; i += 2)
        for (let g = groups[i]; g < groups[i + 1]; g++) if (!isolatedBy.has(g)) isolatedBy.set(g, policy);
    }
    for (const policy of late) {
      const opening = writtenRules(policy).find((one) => one.direction === direction && one.rule.action === 'Allow');
      if (opening === undefined) continue;
      const { groups } = audited.subject(policy);
      const group = firstOf(groups, (g) => isolatedBy.has(g) && audited.groups.isOrdinary(g));
      if (group < 0) continue;
      const witness = audited.podText(audited.groups.podOf[group]);
      const isolating = isolatedBy.get(group) as Policy;
      const message = `${opening.path} of ${nameOf(policy)} opens again what ${nameOf(isolating)} isolates ${witness?.slice(4)} from`;
      const evidence = { path: opening.path, witness };
      yield lint('CALICO_ALLOW_AFTER_K8S_ISOLATION', message, [policy.ref, isolating.ref], evidence);
    }
  }
}

function firstOf(runs: ArrayLike<number>, holds: (member: number) => boolean): number {
  for (let i = 0; i < runs.length; i += 2) for (let n = runs[i]; n < runs[i + 1]; n++) if (holds(n)) return n;
  return -1;
}

/** Policies whose names decide which goes first. */
function* tieFindings(audited: Audited, own: readonly Policy[]): Iterable<Finding> {
  const groups = new Map<string, Policy[]>();
  for (const policy of own) {
    const key = `${policy.tier.name} ${policy.order}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [policy]);
    else known.push(policy);
  }
  let pairs = 0;
  for (const group of groups.values()) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length && pairs < pairsMax; j++, pairs++) {
        const [a, b] = [group[i], group[j]];
        if (!contradict(a, b)) continue;
        const shared = audited.sharedGroup(audited.subject(a).groups, audited.subject(b).groups);
        if (shared < 0) continue;
        const witness = audited.podText(audited.groups.podOf[shared]);
        const message = `${nameOf(a)} and ${nameOf(b)} have the same order in tier ${a.tier.name} and different actions: their names decide for ${witness?.slice(4)}`;
        yield lint('CALICO_ORDER_TIE', message, [a.ref, b.ref], {
          path: 'spec.order',
          witness,
          subject: subjectPath(a),
        });
      }
    }
  }
}

function contradict(a: Policy, b: Policy): boolean {
  const actions = (policy: Policy, direction: string): Set<string> =>
    new Set(writtenRules(policy).flatMap((one) => (one.direction === direction ? [one.rule.action] : [])));
  return a.directions.some((direction) => {
    if (!b.directions.includes(direction)) return false;
    const [of, other] = [actions(a, direction), actions(b, direction)];
    return new Set([...of, ...other].filter((action) => action !== 'Log')).size > 1 && of.size > 0 && other.size > 0;
  });
}
