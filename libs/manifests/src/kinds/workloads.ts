import { members, type WantedMembers } from '../reading/wanted.js';
import type { Decoder, Fields } from '../validation/decoder.js';
import { labelComplaints } from '../validation/names.js';
import { isNetworkComponent } from './is-network-component.js';
import type { KindReader } from './kind-reader.js';
import { readPodSpec } from './pod-spec.js';
import { wantedObject, wantedPodSpec } from './wanted-object.js';

/** A pod template: its labels and what is kept of its spec. */
function readTemplate(value: unknown, field: string, decoder: Decoder, isComponent: boolean): Record<string, unknown> {
  const template = decoder.fields(value, field);
  const metadata = decoder.fields(template.metadata, `${field}.metadata`);
  const labels = decoder.texts(metadata.labels, `${field}.metadata.labels`);
  for (const complaint of labelComplaints(labels, `${field}.metadata.labels`)) decoder.complain(complaint);
  return { metadata: { labels }, spec: readPodSpec(template.spec, `${field}.spec`, decoder, isComponent) };
}

/** What is looked at in a pod template. */
function wantedTemplate(of: 'Pod' | 'Component'): WantedMembers {
  return members({ metadata: members({ labels: 'All' }), spec: wantedPodSpec(of) });
}

/** Whether an object runs a part of the cluster's network, so that images and flags of it are kept. */
function runsNetwork(object: Fields, decoder: Decoder): boolean {
  const metadata = decoder.fields(object.metadata, 'metadata');
  const template = decoder.fields(decoder.fields(object.spec, 'spec').template, 'spec.template');
  const spec = decoder.fields(template.spec, 'spec.template.spec');
  return isNetworkComponent(metadata.name, spec.containers);
}

function replicated(
  group: string,
  kind: string,
  versions: readonly string[],
  aliases: readonly string[] = [],
): KindReader {
  return {
    group,
    kind,
    versions,
    aliases,
    namespaced: true,
    owners: true,
    wanted: wantedObject({
      spec: members({ replicas: 'All', template: wantedTemplate(kind === 'Deployment' ? 'Component' : 'Pod') }),
    }),
    read(object, decoder) {
      const spec = decoder.fields(object.spec, 'spec');
      const isComponent = kind === 'Deployment' && runsNetwork(object, decoder);
      const replicas = decoder.integer(spec.replicas, 'spec.replicas') ?? 1;
      if (replicas < 0) {
        decoder.complain({
          field: 'spec.replicas',
          reason: 'Invalid',
          detail: 'must be greater than or equal to 0',
          value: replicas,
        });
      }
      return { spec: { replicas, template: readTemplate(spec.template, 'spec.template', decoder, isComponent) } };
    },
  };
}

const oldApps = ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'];

const daemonSet: KindReader = {
  group: 'apps',
  kind: 'DaemonSet',
  versions: ['v1'],
  aliases: oldApps,
  namespaced: true,
  owners: true,
  wanted: wantedObject({
    spec: members({ template: wantedTemplate('Component') }),
    status: members({ desiredNumberScheduled: 'All', numberReady: 'All' }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const isComponent = runsNetwork(object, decoder);
    const status = decoder.fields(object.status, 'status');
    const count = (name: string): number | undefined => decoder.integer(status[name], `status.${name}`) ?? undefined;
    return {
      spec: { template: readTemplate(spec.template, 'spec.template', decoder, isComponent) },
      status: isComponent
        ? { desiredNumberScheduled: count('desiredNumberScheduled'), numberReady: count('numberReady') }
        : undefined,
    };
  },
};

const job: KindReader = {
  group: 'batch',
  kind: 'Job',
  versions: ['v1'],
  namespaced: true,
  owners: true,
  wanted: wantedObject({
    spec: members({ suspend: 'All', template: wantedTemplate('Pod') }),
    status: members({ conditions: 'All' }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const status = decoder.fields(object.status, 'status');
    const finished = decoder
      .elements(status.conditions, 'status.conditions', (entry, at) => decoder.fields(entry, at))
      .some(({ type, status: word }) => (type === 'Complete' || type === 'Failed') && word === 'True');
    return {
      spec: {
        suspend: decoder.boolean(spec.suspend, 'spec.suspend'),
        template: readTemplate(spec.template, 'spec.template', decoder, false),
      },
      status: finished ? { conditions: [{ type: 'Complete', status: 'True' }] } : undefined,
    };
  },
};

const cronJob: KindReader = {
  group: 'batch',
  kind: 'CronJob',
  versions: ['v1', 'v1beta1'],
  namespaced: true,
  wanted: wantedObject({
    spec: members({
      suspend: 'All',
      jobTemplate: members({ spec: members({ template: wantedTemplate('Pod') }) }),
    }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const jobTemplate = decoder.fields(spec.jobTemplate, 'spec.jobTemplate');
    const jobSpec = decoder.fields(jobTemplate.spec, 'spec.jobTemplate.spec');
    const template = readTemplate(jobSpec.template, 'spec.jobTemplate.spec.template', decoder, false);
    return { spec: { suspend: decoder.boolean(spec.suspend, 'spec.suspend'), jobTemplate: { spec: { template } } } };
  },
};

/** Everything that makes pods from a template. */
export const workloadReaders: readonly KindReader[] = [
  replicated('apps', 'Deployment', ['v1'], oldApps),
  replicated('apps', 'StatefulSet', ['v1'], ['apps/v1beta1', 'apps/v1beta2']),
  replicated('apps', 'ReplicaSet', ['v1'], ['apps/v1beta2', 'extensions/v1beta1']),
  replicated('', 'ReplicationController', ['v1']),
  daemonSet,
  job,
  cronJob,
];
