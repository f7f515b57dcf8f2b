import { isolatedFlag, outsideClass } from '#engine';
import { podRef } from '#dataplane';
import type { Finding, ObjectRef, Pod } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';

/** Pods that a gap was left for, one finding for each namespace and direction. Cost: linear in the pods. */
export function* isolationChecks(audited: Audited): Iterable<Finding> {
  const { index, lookups, model } = audited.cluster;
  const { podClass, profileFlags } = index.arrays;
  for (const direction of ['Ingress', 'Egress'] as const) {
    for (const { name } of model.namespaces) {
      const [start, end] = lookups.podRange(name);
      const open: number[] = [];
      let isolated = -1;
      for (let pod = start; pod < end; pod++) {
        if (podClass[pod] <= outsideClass) continue;
        const flags = profileFlags[index.profileOf(direction, podClass[pod])];
        if ((flags & isolatedFlag) === 0) open.push(pod);
        else if (isolated < 0) isolated = pod;
      }
      if (isolated < 0 || open.length === 0) continue;
      const subjects: ObjectRef[] = open.slice(0, 100).map((pod) => podRef(model.pods.at(pod) as Pod));
      const message = `${open.length === 1 ? 'a pod' : `${open.length} pods`} of namespace ${name} ${open.length === 1 ? 'is' : 'are'} selected by no policy for ${direction.toLowerCase()}, and others there are: ${subjects[0].name}`;
      yield lint('UNISOLATED_POD', message, subjects, {
        witness: audited.podText(open[0]),
        isolated: audited.podText(isolated),
        direction,
        pods: open.length,
      });
    }
  }
}
