import { canonicalText, type NamespaceScope, type RulePeer, type Selector, type Service } from '#model';
import { and, type CalicoSelector, not } from '../../calico-selector/calico-selector.js';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import { boundOf, type DoubtAbout, isDoubtful } from './bounds.js';
import type { CalicoObjects } from './calico-objects.js';
import { calicoLabels, derivedLabels, isAccountLabel, isInheritedLabel } from './endpoint-labels.js';
import { LabelledNets } from './labelled-nets.js';
import { validSelector } from './selectors.js';

/** A selector of pods, and one of those of which nobody knows whether they satisfy it; null: it is known of all. */
export interface PodSelectors {
  readonly certain: Selector;
  readonly doubtful: Selector | null;
}

/**
 * What the meaning of Calico's policies depends on besides themselves. It remembers the selectors that it has read, and
 * which labels pods must be given for the rules to find them.
 */
export class Surroundings {
  readonly sets: LabelledNets;
  /** Inherited labels that selectors of pods name. */
  readonly inherited = new Set<string>();
  /** Networks in which rules want the address of their own pod, by label. */
  readonly nets = new Map<string, { readonly cidrs: readonly string[]; readonly except: readonly string[] }>();
  readonly #services: ReadonlyMap<string, Service>;
  readonly #parsed = new Map<string, CalicoSelector>();
  readonly #namespaces = new Map<string, Selector>();
  readonly #pods = new WeakMap<CalicoSelector, PodSelectors>();
  #unseenAccounts: CalicoObjects['namespaces'] | null = null;
  #hasUnknownAddresses: boolean | null = null;

  constructor(readonly objects: CalicoObjects) {
    const hostEndpoints = objects.hostEndpoints.map(({ body }) => body);
    this.sets = new LabelledNets(objects.networkSets, hostEndpoints, objects.namespaces);
    this.#services = new Map(objects.services.map((service) => [`${service.namespace}/${service.name}`, service]));
  }

  serviceNamed({ namespace, name }: { readonly namespace: string; readonly name: string }): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  /** A stored selector; equal texts are one object. An absent one selects everything. */
  parsed(text = ''): CalicoSelector {
    let selector = this.#parsed.get(text);
    if (selector === undefined) this.#parsed.set(text, (selector = validSelector(text)));
    return selector;
  }

  /** A stored selector of namespaces. */
  ofNamespaces(text: string): Selector {
    let selector = this.#namespaces.get(text);
    if (selector === undefined) {
      const keyOf = (key: string): string => (key === calicoLabels.name ? 'kubernetes.io/metadata.name' : key);
      this.#namespaces.set(text, (selector = modelSelectorOf(this.parsed(text), keyOf)));
    }
    return selector;
  }

  /** A selector of pods by the labels that Calico gives them. Cost: its size, once for one object. */
  ofPods(selector: CalicoSelector): PodSelectors {
    let found = this.#pods.get(selector);
    if (found === undefined) {
      this.#noteKeys(selector);
      if (isDoubtful(selector, this.#doubtAbout)) {
        const certain = boundOf(selector, 'Certain', this.#doubtAbout);
        const doubtful = modelSelectorOf(and([boundOf(selector, 'Possible', this.#doubtAbout), not(certain)]));
        found = { certain: modelSelectorOf(certain), doubtful };
      } else found = { certain: modelSelectorOf(selector), doubtful: null };
      this.#pods.set(selector, found);
    }
    return found;
  }

  #noteKeys(selector: CalicoSelector): void {
    switch (selector.kind) {
      case 'All':
      case 'Global':
        return;
      case 'Not':
        return this.#noteKeys(selector.operand);
      case 'And':
      case 'Or':
        for (const operand of selector.operands) this.#noteKeys(operand);
        return;
      default:
        if (isInheritedLabel(selector.key)) this.inherited.add(selector.key);
    }
  }

  /** Pods of a scope that satisfy a selector, and those of which nobody knows whether they do. */
  podPeers(namespaces: NamespaceScope, selector: CalicoSelector): RulePeer[] {
    const { certain, doubtful } = this.ofPods(selector);
    const peers: RulePeer[] = [{ kind: 'Pods', namespaces, pods: certain }];
    if (doubtful !== null) {
      const what = 'the labels of service accounts that are not in the snapshot';
      const doubt: RulePeer = { kind: 'Undecidable', what };
      peers.push({ kind: 'All', of: [{ kind: 'Pods', namespaces, pods: doubtful }, doubt] });
    }
    return peers;
  }

  /** Namespaces with pods whose service account is not in the snapshot. Cost: linear in the pods, once. */
  namespacesWithUnseenAccounts(): CalicoObjects['namespaces'] {
    return (this.#unseenAccounts ??= this.#findUnseenAccounts());
  }

  #findUnseenAccounts(): CalicoObjects['namespaces'] {
    const { pods, serviceAccounts, namespaces } = this.objects;
    const unseen = new Set<string>();
    for (const { namespace, serviceAccount } of pods) {
      if (!unseen.has(namespace) && !serviceAccounts.has(`${namespace}/${serviceAccount}`)) unseen.add(namespace);
    }
    return namespaces.filter(({ name }) => unseen.has(name));
  }

  readonly #doubtAbout: DoubtAbout = (key) => {
    if (isAccountLabel(key)) {
      const isUnseen = this.namespacesWithUnseenAccounts().length > 0;
      return isUnseen ? { kind: 'Has', key: derivedLabels.accountUnknown } : null;
    }
    if (!key.startsWith(derivedLabels.nets)) return null;
    this.#hasUnknownAddresses ??= [...this.objects.pods].some(({ origin }) => origin === 'Template');
    return this.#hasUnknownAddresses ? { kind: 'In', key, values: ['maybe'] } : null;
  };

  /** A selector of the pods whose address is in some of `cidrs` and in none of `except`. */
  inside(cidrs: readonly string[], except: readonly string[]): CalicoSelector {
    const key = `${derivedLabels.nets}${canonicalText([cidrs, except])}`;
    this.nets.set(key, { cidrs, except });
    return { kind: 'In', key, values: ['yes'] };
  }
}
