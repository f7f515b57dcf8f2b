import type { Node } from '#model';
import type { ChosenSource, Target } from './plugin/plugin.js';
import { sourceByAgent } from './source-by-agent.js';
import { serviceSnat } from './service-snat.js';
import type { Walk } from './walk.js';

/** What the proxy makes of the client's address at a node, because a Service was spoken to; null: it stays. */
export function serviceSource({ context, flow, way, path }: Walk, at: Node): ChosenSource | null {
  const { client, server, use } = flow;
  const { source } = path.tuple;
  return use === null || use.address === null ? null : serviceSnat(context, { client, server, use, at, way, source });
}

/** Puts that address in place of the client's. */
export function translateServiceSource(walk: Walk, at: Node): void {
  const { client } = walk.flow;
  const chosen = serviceSource(walk, at);
  if (chosen === null || (client.kind === 'Host' && chosen.address === walk.path.tuple.source)) return;
  translateTo(walk, at, chosen);
}

/** Puts the node's address in place of a pod's where its network does so; says whether it did. */
export function translatePodSource(walk: Walk, at: Node, target: Target): boolean {
  const { context, path } = walk;
  const own = context.plugin.sourceOfPod(at, path.tuple.source, target);
  const chosen = own === null || own.doubt !== undefined ? (sourceByAgent(context, at, target) ?? own) : own;
  if (chosen === null) return false;
  translateTo(walk, at, chosen);
  return true;
}

/** Puts a chosen address in place of the packet's source; where it is not sure to be, nobody knows the source any more. */
export function translateTo({ path }: Walk, at: Node, { address, by, doubt }: ChosenSource): void {
  path.translate(at, 'SNAT', { source: doubt === undefined ? address : null }, { by });
  if (doubt !== undefined) path.weaken('conditional', doubt);
}
