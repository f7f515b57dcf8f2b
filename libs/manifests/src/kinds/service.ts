import { members } from '../reading/wanted.js';
import { addressComplaint } from '../validation/address-complaint.js';
import type { Decoder, Fields } from '../validation/decoder.js';
import { labelComplaints } from '../validation/names.js';
import { serviceAnnotations } from './kept.js';
import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

export const serviceReader: KindReader = {
  group: '',
  kind: 'Service',
  versions: ['v1'],
  namespaced: true,
  annotations: serviceAnnotations,
  wanted: wantedObject({ spec: 'All', status: members({ loadBalancer: 'All' }) }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const selector = decoder.texts(spec.selector, 'spec.selector');
    for (const complaint of labelComplaints(selector, 'spec.selector')) decoder.complain(complaint);
    const type = decoder.word(spec.type, 'spec.type', ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']);
    const balancer = decoder.fields(decoder.fields(object.status, 'status').loadBalancer, 'status.loadBalancer');
    const ingress = decoder.elements(balancer.ingress, 'status.loadBalancer.ingress', (entry, at) => {
      const fields = decoder.fields(entry, at);
      const ip = addressComplaint(decoder, decoder.text(fields.ip, `${at}.ip`) ?? '', `${at}.ip`);
      const ipMode = decoder.word(fields.ipMode, `${at}.ipMode`, ['VIP', 'Proxy']);
      return ipMode === 'Proxy' ? { ip, ipMode } : { ip };
    });
    return {
      spec: {
        type,
        clusterIP: decoder.text(spec.clusterIP, 'spec.clusterIP') === 'None' ? 'None' : undefined,
        clusterIPs: clusterIps(spec, decoder),
        ipFamilies: ipFamilies(spec, decoder),
        externalIPs: addresses(spec.externalIPs, 'spec.externalIPs', decoder),
        externalName: decoder.text(spec.externalName, 'spec.externalName') || undefined,
        selector,
        ports: decoder.elements(spec.ports, 'spec.ports', (port, at) => readPort(port, at, decoder)),
        publishNotReadyAddresses: decoder.boolean(spec.publishNotReadyAddresses, 'spec.publishNotReadyAddresses'),
        internalTrafficPolicy: decoder.word(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', [
          'Cluster',
          'Local',
        ]),
        externalTrafficPolicy: decoder.word(spec.externalTrafficPolicy, 'spec.externalTrafficPolicy', [
          'Cluster',
          'Local',
        ]),
        healthCheckNodePort: decoder.integer(spec.healthCheckNodePort, 'spec.healthCheckNodePort') || undefined,
        loadBalancerSourceRanges: decoder.elements(
          spec.loadBalancerSourceRanges,
          'spec.loadBalancerSourceRanges',
          (entry, at) => decoder.text(entry, at) ?? '',
        ),
        sessionAffinity: decoder.word(spec.sessionAffinity, 'spec.sessionAffinity', ['None', 'ClientIP']),
      },
      status: { loadBalancer: { ingress: ingress.filter(({ ip }) => ip !== '') } },
    };
  },
};

function clusterIps(spec: Fields, decoder: Decoder): string[] {
  const single = decoder.text(spec.clusterIP, 'spec.clusterIP') ?? '';
  if (single === 'None') return [];
  const first = addressComplaint(decoder, single, 'spec.clusterIP');
  const several = addresses(spec.clusterIPs, 'spec.clusterIPs', decoder);
  return [...new Set([first, ...several].filter((ip) => ip !== ''))];
}

function ipFamilies(spec: Fields, decoder: Decoder): string[] | undefined {
  const families = decoder.elements(spec.ipFamilies, 'spec.ipFamilies', (entry, at) =>
    decoder.word(entry, at, ['IPv4', 'IPv6']),
  );
  return families.length === 0 ? undefined : families;
}

function addresses(value: unknown, field: string, decoder: Decoder): string[] {
  return decoder
    .elements(value, field, (entry, at) => {
      const text = decoder.text(entry, at) ?? '';
      return text === 'None' ? '' : addressComplaint(decoder, text, at);
    })
    .filter((ip) => ip !== '');
}

function readPort(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const port = decoder.fields(value, field);
  const target = port.targetPort;
  if (port.port === undefined || port.port === null) {
    decoder.complain({ field: `${field}.port`, reason: 'Required', detail: 'a number from 1 to 65535 is required' });
  }
  return {
    name: decoder.text(port.name, `${field}.name`) || undefined,
    protocol: decoder.word(port.protocol, `${field}.protocol`, ['TCP', 'UDP', 'SCTP']),
    port: decoder.port(port.port, `${field}.port`) ?? 0,
    targetPort:
      typeof target === 'string' && target !== ''
        ? target
        : target === 0 || target === ''
          ? undefined
          : (decoder.port(target, `${field}.targetPort`) ?? undefined),
    nodePort: decoder.integer(port.nodePort, `${field}.nodePort`) || undefined,
  };
}
