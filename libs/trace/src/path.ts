import type { Node } from '#model';
import { worseOf } from './worse-of.js';
import type { Delivery, Encapsulation, Hop, HopKind, Route, TracedGate, Translation, Tuple } from './trace.js';

type DraftHop = Omit<Hop, 'n'>;

interface Device {
  readonly node: Node | null;
  readonly netns: Hop['netns'];
  readonly device: string | null;
  readonly nameSource?: Hop['deviceNameSource'];
  readonly kind: HopKind;
  readonly action: string;
  readonly mtu?: number | null;
  readonly encap?: Encapsulation | null;
}

/** A packet on its way: the hops so far and the addresses it bears now. It ends where something stops it. */
export class Path {
  readonly #hops: DraftHop[] = [];
  readonly #reasons: string[] = [];
  #delivery: Delivery = 'delivered';
  #forwards = 0;
  #translatedBy: Node | null = null;
  #seenByPolicy: string | null = null;
  #tuple: Tuple;

  constructor(tuple: Tuple) {
    this.#tuple = tuple;
  }

  get tuple(): Tuple {
    return this.#tuple;
  }

  /** The node that last put another source in place; null: none did. */
  get translatedBy(): Node | null {
    return this.#translatedBy;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  get isStopped(): boolean {
    return this.#delivery === 'blockedByPolicy' || this.#delivery === 'unreachable';
  }

  /** Sets the source that the kernel chooses for what a node itself sends. */
  startFrom(source: string | null): void {
    this.#tuple = { ...this.#tuple, source };
  }

  add({ node, netns, device, nameSource = null, kind, action, mtu = null, encap = null }: Device): void {
    const name = node?.name ?? (kind === 'fabric' ? 'fabric' : null);
    this.#hops.push({
      node: name,
      netns,
      device,
      deviceNameSource: nameSource,
      kind,
      action,
      encap,
      mtu,
      ...this.#tuple,
    });
  }

  forward(): void {
    this.#forwards++;
  }

  /** Translates addresses at a node; the hop is no device unless one is named. */
  translate(
    node: Node | null,
    type: Translation['type'],
    after: Partial<Tuple>,
    {
      by,
      device = null,
      kind = 'nat',
    }: { readonly by: string; readonly device?: string | null; readonly kind?: HopKind },
  ): void {
    const before = this.#tuple;
    this.#tuple = { ...before, ...after };
    if (type === 'SNAT') this.#translatedBy = node;
    const nat: Translation = { type, before, after: this.#tuple, by };
    this.#hops.push({
      node: node?.name ?? null,
      netns: kind === 'lb' ? 'pod' : 'host',
      device,
      deviceNameSource: device === null ? null : 'derived',
      kind,
      action: type === 'DNAT' ? 'dnat' : 'snat',
      encap: null,
      mtu: null,
      ...this.#tuple,
      nat,
    });
  }

  /** Notes what ingress policy sees as the source. */
  seeByPolicy(): void {
    this.#seenByPolicy = this.#tuple.source;
  }

  /**
   * Puts a gate where it is: on the device whose chain checks it if the packet still is as it passed that device, else
   * as a step of its own.
   */
  gate(node: Node | null, gate: Omit<TracedGate, 'seen'>, device: string | null): void {
    const traced: TracedGate = { ...gate, seen: this.#tuple };
    const last = this.#hops.findLastIndex((hop) => hop.kind !== 'bridge' && hop.kind !== 'lb');
    const at = this.#hops[last];
    if (at !== undefined && gated.includes(at.kind) && at.device === device && at.gate === undefined) {
      this.#hops[last] = { ...at, gate: traced };
      return;
    }
    this.add({
      node,
      netns: 'host',
      device,
      nameSource: device === null ? null : 'derived',
      kind: 'policy',
      action: 'check',
    });
    this.#hops[this.#hops.length - 1] = { ...this.#hops[this.#hops.length - 1], gate: traced };
  }

  /** Lowers what is promised; what stops a packet stands. */
  weaken(delivery: Delivery, reason: string | null): void {
    if (reason !== null && !this.#reasons.includes(reason)) this.#reasons.push(reason);
    this.#delivery = worseOf(this.#delivery, delivery);
  }

  /** Says something that changes nothing; `first`: before what was said already, since it is the cause. */
  note(reason: string, where: 'first' | 'last' = 'last'): void {
    if (where === 'first') this.#reasons.unshift(reason);
    else this.weaken('delivered', reason);
  }

  finish(when: string, network: string): Route {
    const mtus = this.#hops.flatMap(({ mtu, kind, encap }) =>
      // Devices that carry wrapped packets limit the wrapper, which the tunnel's MTU has allowed for; a transform
      // without a device of its own has it noted on the interface.
      mtu === null || ((kind === 'nic' || kind === 'fabric') && encap !== null && encap.type !== 'ESP') ? [] : [mtu],
    );
    return {
      when,
      network,
      connection: 1,
      delivery: this.#delivery,
      reasons: this.#reasons,
      sourceSeenByPolicy: this.#delivery === 'unreachable' ? null : this.#seenByPolicy,
      sourceSeenByPod: this.isStopped ? null : this.#tuple.source,
      pathMtu: mtus.length === 0 ? null : Math.min(...mtus),
      forwards: this.#forwards,
      hops: this.#hops.map((hop, i) => ({ n: i + 1, ...hop })),
    };
  }
}

/** Devices whose chains check packets: the host's end of a pod's link, and interfaces that have no such end. */
const gated: readonly HopKind[] = ['hostVeth', 'podInterface', 'vf'];
