import type { Family, RulePeer, Selector } from '#model';
import { and, type CalicoSelector, not, or } from '../../calico-selector/calico-selector.js';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import type { CalicoEntity } from '../stored-calico.js';
import { entitySelectors } from './entity-selectors.js';
import { everyAddress } from './rule-peers.js';
import type { Surroundings } from './surroundings.js';

/** Subjects for which a rule holds, and what must hold of the peer besides. */
export interface OwnPart {
  /** Absent: every subject of the policy. */
  readonly subject?: Selector;
  readonly conditions: readonly RulePeer[];
}

/**
 * What a rule asks of the pod that its policy selects: the source of egress, the destination of ingress. As with peers,
 * the pod is meant too where a set of networks contains its address whose labels satisfy the selector. Addresses of one
 * pod in two families may differ in that: a part is then for one family.
 */
export function ownParts(
  entity: CalicoEntity,
  namespace: string | null,
  families: readonly Family[],
  surroundings: Surroundings,
): OwnPart[] {
  const { wanted, place, excluded } = entitySelectors(entity, namespace, surroundings);
  const hasNets = entity.nets.length + entity.notNets.length > 0;
  if (wanted === null && excluded.length === 0 && !hasNets) return [{ conditions: [] }];
  const setsOf = (selector: CalicoSelector): readonly string[] =>
    surroundings.sets.areNone ? [] : surroundings.sets.matching(modelSelectorOf(and([selector, place.selector])));
  const isOfOneFamily =
    families.length < 2 || [...(wanted === null ? excluded : [wanted])].every((one) => setsOf(one).length === 0);
  if (isOfOneFamily) return parts(families.length === 1 ? families[0] : null, []);
  return families.flatMap((family) => parts(family, [everyAddress(family)]));

  function parts(family: Family | null, conditions: readonly RulePeer[]): OwnPart[] {
    const { certain, doubtful } = surroundings.ofPods(and(conditionsIn(family)));
    const doubt: RulePeer = { kind: 'Undecidable', what: 'whether the rule speaks of the pod itself' };
    return [
      { subject: certain, conditions },
      ...(doubtful === null ? [] : [{ subject: doubtful, conditions: [...conditions, doubt] }]),
    ];
  }

  function conditionsIn(family: Family | null): CalicoSelector[] {
    const inFamily = (nets: readonly string[]): readonly string[] =>
      family === null ? nets : nets.filter((net) => net.includes(':') === (family === 'IPv6'));
    const met = (selector: CalicoSelector): CalicoSelector => {
      const nets = inFamily(setsOf(selector));
      const pod = and([selector, place.selector]);
      return nets.length === 0 ? pod : or([pod, surroundings.inside(nets, [])]);
    };
    return [
      ...(wanted === null ? excluded.map((one) => not(met(one))) : [met(wanted)]),
      ...(entity.nets.length > 0 ? [surroundings.inside(entity.nets, entity.notNets)] : []),
      ...(entity.nets.length === 0 && entity.notNets.length > 0 ? [not(surroundings.inside(entity.notNets, []))] : []),
    ];
  }
}
