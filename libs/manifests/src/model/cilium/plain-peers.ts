import { everything, type Family, type RulePeer } from '#model';

/** Every pod of the cluster. */
export const everyPod: RulePeer = {
  kind: 'Pods',
  namespaces: { kind: 'Selected', selector: everything },
  pods: everything,
};

/** Whatever is neither pod nor node. */
export const outside: RulePeer = { kind: 'External' };

/** What is neither pod nor node and has an address in some of `cidrs` and in none of `except`. */
export function outsideIn(cidrs: readonly string[], except: readonly string[] = []): RulePeer {
  return { kind: 'All', of: [outside, { kind: 'Addresses', cidrs, except }] };
}

/** What is neither pod nor node, in one family. */
export function outsideOf(family: Family): RulePeer {
  return outsideIn([family === 'IPv4' ? '0.0.0.0/0' : '::/0']);
}

/** What is neither pod nor node, if a condition holds that no snapshot shows. */
export function outsideIf(what: string): RulePeer {
  return { kind: 'All', of: [outside, { kind: 'Undecidable', what }] };
}

/** Everybody but those. */
export function not(peer: RulePeer): RulePeer {
  return { kind: 'Not', of: peer };
}
