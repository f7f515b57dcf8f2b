import type { ClusterModel } from '#model';

type ModelList = {
  [Name in keyof ClusterModel]: ClusterModel[Name] extends Iterable<unknown> ? Name : never;
}[keyof ClusterModel];

/** A part of a model that crosses to another thread in little time. */
export interface ModelSlice {
  readonly list: ModelList;
  readonly items: readonly unknown[];
}

/** Taking in this many objects keeps a thread busy for some milliseconds. */
const itemsPerSlice = 1000;

/** The lists of a model in parts. */
export function* slicesOf(model: ClusterModel): Iterable<ModelSlice> {
  for (const [list, items] of Object.entries(model) as [ModelList, unknown][]) {
    if (!isIterable(items)) continue;
    let part: unknown[] = [];
    for (const item of items) {
      part.push(item);
      if (part.length < itemsPerSlice) continue;
      yield { list, items: part };
      part = [];
    }
    yield { list, items: part };
  }
}

/** The model whose slices these are. */
export function modelOf(slices: readonly ModelSlice[], info: ClusterModel['info']): ClusterModel {
  const lists: Partial<Record<ModelList, unknown[]>> = {};
  for (const { list, items } of slices) (lists[list] ??= []).push(...items);
  return { ...lists, info } as unknown as ClusterModel;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
