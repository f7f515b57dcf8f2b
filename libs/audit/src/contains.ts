import {
  canonicalText,
  type LabelRequirement,
  type NamespaceScope,
  type PolicyRule,
  type RulePeer,
  type RulePort,
  selectorMatches,
  type Selector,
} from '#model';
import { piecesOf, rangeHolds } from './block-ranges.js';

/**
 * Whether one thing that a policy says contains another in every cluster: sound, and not complete. What these say no to may
 * still be contained for reasons that take more than comparing term by term.
 */
export function ruleHolds(outer: PolicyRule, inner: PolicyRule): boolean {
  return peersHold(outer, inner) && portsHold(outer, inner);
}

function peersHold({ peers: outer }: PolicyRule, { peers: inner }: PolicyRule): boolean {
  if (outer === null) return true;
  return inner !== null && inner.length > 0 && inner.every((one) => outer.some((other) => peerHolds(other, one)));
}

/** Whether the ports of a rule hold those of another. */
export function portsHold(outer: PolicyRule, inner: PolicyRule): boolean {
  if ((outer.exceptPorts ?? []).length > 0)
    return canonicalText([outer.ports, outer.exceptPorts]) === canonicalText([inner.ports, inner.exceptPorts]);
  if (outer.ports === null) return true;
  const { ports } = outer;
  return inner.ports !== null && inner.ports.every((one) => ports.some((other) => portHolds(other, one)));
}

export function portHolds(outer: RulePort, inner: RulePort): boolean {
  if (outer.kind === 'Range') {
    if (inner.kind === 'Named') return outer.first === 1 && outer.last === 65535 && outer.protocol === inner.protocol;
    return (
      inner.kind === 'Range' &&
      inner.protocol === outer.protocol &&
      outer.first <= inner.first &&
      inner.last <= outer.last
    );
  }
  if (outer.kind === 'Named' && inner.kind === 'Named')
    return outer.name === inner.name && (outer.protocol === null || outer.protocol === inner.protocol);
  return canonicalText(outer) === canonicalText(inner);
}

export function peerHolds(outer: RulePeer, inner: RulePeer): boolean {
  if (outer.kind === 'Pods' && inner.kind === 'Pods')
    return scopeHolds(outer.namespaces, inner.namespaces) && selectorHolds(outer.pods, inner.pods);
  if (outer.kind === 'Addresses' && inner.kind === 'Addresses') {
    const pieces = piecesOf(outer);
    return piecesOf(inner).every((one) => pieces.some((other) => rangeHolds(other, one)));
  }
  return outer.kind === inner.kind && canonicalText(outer) === canonicalText(inner);
}

export function scopeHolds(outer: NamespaceScope, inner: NamespaceScope): boolean {
  if (outer.kind === 'Selected') {
    if (inner.kind === 'Selected') return selectorHolds(outer.selector, inner.selector);
    // Of a namespace by name only its name is known for certain.
    const labels = { 'kubernetes.io/metadata.name': inner.name };
    const isCertain = outer.selector.requirements.every(
      (one) => 'key' in one && one.key === 'kubernetes.io/metadata.name',
    );
    return isCertain && selectorMatches(outer.selector, labels);
  }
  return inner.kind === 'Named' && inner.name === outer.name;
}

/** Every term of the outer selector must follow from a term of the inner one. */
export function selectorHolds(outer: Selector, inner: Selector): boolean {
  return outer.requirements.every((term) =>
    inner.requirements.some((other) => {
      if (!('key' in term) || !('key' in other)) return canonicalText(term) === canonicalText(other);
      return term.key === other.key && follows(term, other);
    }),
  );
}

function follows(term: LabelRequirement, from: LabelRequirement): boolean {
  const isIn = (values: readonly string[]): boolean => values.every((value) => term.values.includes(value));
  switch (term.operator) {
    case 'In':
      return from.operator === 'In' && isIn(from.values);
    case 'NotIn':
      return (
        from.operator === 'DoesNotExist' ||
        (from.operator === 'NotIn' && term.values.every((value) => from.values.includes(value))) ||
        (from.operator === 'In' && from.values.every((value) => !term.values.includes(value)))
      );
    case 'Exists':
      return from.operator !== 'NotIn' && from.operator !== 'DoesNotExist';
    case 'DoesNotExist':
      return from.operator === 'DoesNotExist';
    default:
      return canonicalText(term) === canonicalText(from);
  }
}
