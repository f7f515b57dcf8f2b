import type { Component } from '#model';
import type { NetworkPart } from './signals.js';

/** One object that shows a part of the network. */
export interface Shown {
  readonly part: NetworkPart;
  readonly by: Component;
  readonly signal: string;
  readonly score: number;
}

/** The objects that show parts of the network by themselves. */
export interface ShownParts {
  /** DaemonSets that run somewhere, by part. */
  readonly daemons: readonly Shown[];
  /** ConfigMaps; they count where no DaemonSet was found. */
  readonly configMaps: readonly Shown[];
}

/** The first object that shows a part. */
export function shownBy({ daemons, configMaps }: ShownParts, part: NetworkPart): Component | null {
  return [...daemons, ...configMaps].find((shown) => shown.part === part)?.by ?? null;
}

/** The ConfigMap that shows a part. */
export function configMapOf({ configMaps }: ShownParts, part: NetworkPart): Component | null {
  return configMaps.find((shown) => shown.part === part)?.by ?? null;
}

export function runs({ daemons }: ShownParts, part: NetworkPart): boolean {
  return daemons.some((shown) => shown.part === part);
}
