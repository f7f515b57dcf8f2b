import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How much a GraphQL document asks for, at most, whichever of its operations is run. */
export interface QuerySize {
  /** Fields inside of fields; introspection is not counted. */
  readonly depth: number;
  /** Fields that compute an answer weigh `costOfQuestion`, others 1. */
  readonly cost: number;
}

/** Fields that compute an answer weigh as much as this many that show one. */
export const costOfQuestion = 20;

const questions: ReadonlySet<string> = new Set([
  'verdict',
  'verdicts',
  'ingest',
  'connectivity',
  'unreached',
  'unreaching',
  'bidirectional',
  'diff',
  'trace',
  'findings',
]);

/** Brackets, and selections inside of selections of whatever kind; deeper ones are refused: every reader recurses. */
export const nestingMax = 200;

/**
 * The largest depth and cost among the operations and fragments of a document. Each fragment is measured once, however
 * often it is spread: without that, fragments that spread others twice would take exponential time. Cost: linear in
 * the document. Fragments that spread themselves count once here; validation refuses them.
 */
export function measureQuery(document: DocumentNode): QuerySize {
  const measure = new QueryMeasure(document);
  const sizes = document.definitions.map((definition) =>
    'selectionSet' in definition ? measure.sizeOf(definition.selectionSet, 0) : nothing,
  );
  if (sizes.some(({ nesting }) => nesting > nestingMax)) return { depth: Infinity, cost: Infinity };
  return {
    depth: Math.max(0, ...sizes.map(({ depth }) => depth)),
    cost: Math.max(0, ...sizes.map(({ cost }) => cost)),
  };
}

/** With how many selections lie inside of each other, those of spread fragments included. */
interface NestedSize extends QuerySize {
  readonly nesting: number;
}

const nothing: NestedSize = { depth: 0, cost: 0, nesting: 0 };
const tooDeep: NestedSize = { depth: Infinity, cost: Infinity, nesting: Infinity };

class QueryMeasure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By name of the fragment; nothing while it is being measured. */
  readonly #sizes = new Map<string, NestedSize>();

  constructor({ definitions }: DocumentNode) {
    this.#fragments = new Map(
      definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
    );
  }

  /** @param above - the selections that this one lies in; past `nestingMax` it is not looked at */
  sizeOf({ selections }: SelectionSetNode, above: number): NestedSize {
    if (above > nestingMax) return tooDeep;
    let depth = 0;
    let cost = 0;
    let nesting = 0;
    for (const selection of selections) {
      const size = this.#sizeOfSelection(selection, above);
      depth = Math.max(depth, size.depth);
      nesting = Math.max(nesting, size.nesting);
      cost += size.cost;
    }
    return { depth, cost, nesting: nesting + 1 };
  }

  #sizeOfSelection(selection: SelectionNode, above: number): NestedSize {
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return this.#sizeOfFragment(selection.name.value, above);
      case Kind.INLINE_FRAGMENT:
        return this.sizeOf(selection.selectionSet, above + 1);
      case Kind.FIELD:
        return this.#sizeOfField(selection, above);
    }
  }

  #sizeOfField({ name, selectionSet }: FieldNode, above: number): NestedSize {
    const inner = selectionSet === undefined ? nothing : this.sizeOf(selectionSet, above + 1);
    const weight = questions.has(name.value) && selectionSet !== undefined ? costOfQuestion : 1;
    const depth = name.value.startsWith('__') ? 0 : inner.depth + 1;
    return { depth, cost: inner.cost + weight, nesting: inner.nesting };
  }

  #sizeOfFragment(name: string, above: number): NestedSize {
    const known = this.#sizes.get(name);
    const fragment = this.#fragments.get(name);
    if (known !== undefined || fragment === undefined) return known ?? nothing;
    this.#sizes.set(name, nothing);
    const size = this.sizeOf(fragment.selectionSet, above + 1);
    this.#sizes.set(name, size);
    return size;
  }
}
