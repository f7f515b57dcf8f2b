import type { Component, ComponentContainer, ObjectRef } from '#model';
import type { StoredContainer, StoredMetadata, StoredWorkload } from './stored-body.js';

/** A controller that runs a part of the network; null for all others, whose images are not kept. */
export function componentOf(ref: ObjectRef, { metadata, spec, status }: StoredWorkload): Component | null {
  const pod = spec.template?.spec;
  if (pod === undefined || !pod.containers.some(({ image }) => image !== undefined)) return null;
  return {
    ref,
    labels: metadata.labels,
    containers: [
      ...pod.containers.map((container) => containerOf(container, false)),
      ...pod.initContainers.map((container) => containerOf(container, true)),
    ],
    data: {},
    desired: status?.desiredNumberScheduled ?? null,
    ready: status?.numberReady ?? null,
  };
}

export function configMapComponent(
  ref: ObjectRef,
  body: { readonly metadata: StoredMetadata; readonly data: Readonly<Record<string, string>> },
): Component {
  return { ref, labels: body.metadata.labels, containers: [], data: body.data, desired: null, ready: null };
}

function containerOf({ name, image, args, env }: StoredContainer, init: boolean): ComponentContainer {
  const values = Object.fromEntries((env ?? []).map(({ name: key, value }) => [key, value]));
  const resolve = (word: string): string =>
    word.replace(/\$\(([A-Za-z0-9_]+)\)/g, (whole, key: string) => (Object.hasOwn(values, key) ? values[key] : whole));
  return { name, image: image ?? '', init, args: (args ?? []).map(resolve), env: values };
}
