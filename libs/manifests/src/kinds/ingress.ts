import { members } from '../reading/wanted.js';
import type { Decoder } from '../validation/decoder.js';
import { readHost } from '../validation/host.js';
import { ingressAnnotations } from './kept.js';
import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

/**
 * Ingress: which Services clients of a controller are sent to (policy semantics 5.2). Of TLS nothing is kept: no policy
 * looks at it. Its beta versions, which no API server serves any more and folders of manifests still hold, say the same
 * in other words and are stored in those of v1.
 */
export const ingressReader: KindReader = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  versions: ['v1', 'v1beta1'],
  aliases: ['extensions/v1beta1'],
  namespaced: true,
  annotations: ingressAnnotations,
  wanted: wantedObject({
    spec: members({ ingressClassName: 'All', defaultBackend: 'All', backend: 'All', rules: 'All' }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const isBeta = object.apiVersion !== 'networking.k8s.io/v1';
    const asBackend = isBeta ? readBetaBackend : readBackend;
    const name = isBeta ? 'backend' : 'defaultBackend';
    const defaultBackend = isThere(spec[name]) ? asBackend(spec[name], `spec.${name}`, decoder) : undefined;
    const rules = decoder.elements(spec.rules, 'spec.rules', (rule, at) => readRule(rule, at, decoder, asBackend));
    if (defaultBackend === undefined && rules.length === 0) {
      const detail = `either \`${name}\` or \`rules\` must be specified`;
      decoder.complain({ field: 'spec', reason: 'Invalid', detail, value: '' });
    }
    const ingressClassName = decoder.text(spec.ingressClassName, 'spec.ingressClassName') || undefined;
    return { spec: { ingressClassName, defaultBackend, rules } };
  },
};

type BackendReader = (value: unknown, field: string, decoder: Decoder) => Record<string, unknown>;

function readRule(value: unknown, field: string, decoder: Decoder, asBackend: BackendReader): Record<string, unknown> {
  const rule = decoder.fields(value, field);
  const host = readHost(decoder, rule.host, `${field}.host`) ?? undefined;
  // A rule without paths sends its host to the default backend.
  if (!isThere(rule.http)) return { host };
  const http = decoder.fields(rule.http, `${field}.http`);
  const paths = decoder.elements(http.paths, `${field}.http.paths`, (path, at) => {
    const fields = decoder.fields(path, at);
    return {
      path: decoder.text(fields.path, `${at}.path`) || undefined,
      backend: asBackend(fields.backend, `${at}.backend`, decoder),
    };
  });
  if (paths.length === 0) decoder.complain({ field: `${field}.http.paths`, reason: 'Required', detail: '' });
  return { host, http: { paths } };
}

/** A port of a Service, by exactly one of number and name; or an object of another kind. */
function readBackend(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const { service: givenService, resource: givenResource } = decoder.fields(value, field);
  if (isThere(givenService) && isThere(givenResource)) {
    const detail = 'cannot set both resource and service backends';
    decoder.complain({ field, reason: 'Invalid', detail, value: '' });
  }
  if (isThere(givenResource)) return { resource: readResource(givenResource, `${field}.resource`, decoder) };
  if (!isThere(givenService)) {
    decoder.complain({ field, reason: 'Required', detail: 'resource or service backend is required' });
    return {};
  }
  const service = decoder.fields(givenService, `${field}.service`);
  const name = decoder.requiredText(service.name, `${field}.service.name`);
  const port = decoder.fields(service.port, `${field}.service.port`);
  const portName = decoder.text(port.name, `${field}.service.port.name`) || undefined;
  const number = decoder.port(port.number === 0 ? null : port.number, `${field}.service.port.number`) ?? undefined;
  if (portName === undefined && number === undefined) {
    const detail = 'port name or number is required';
    decoder.complain({ field: `${field}.service.port`, reason: 'Required', detail });
  }
  if (portName !== undefined && number !== undefined) {
    const detail = 'cannot set both port name & port number';
    decoder.complain({ field: `${field}.service.port`, reason: 'Invalid', detail, value: portName });
  }
  return { service: { name, port: { name: portName, number } } };
}

/** A port of a Service, by number or name. */
function readBetaBackend(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const { serviceName, servicePort, resource } = decoder.fields(value, field);
  const hasService = isThere(serviceName) && serviceName !== '';
  if (isThere(resource)) {
    if (hasService) {
      const detail = 'cannot set both resource and service backends';
      decoder.complain({ field, reason: 'Invalid', detail, value: '' });
    }
    return { resource: readResource(resource, `${field}.resource`, decoder) };
  }
  const name = decoder.requiredText(serviceName, `${field}.serviceName`);
  if (typeof servicePort === 'string' && servicePort !== '') return { service: { name, port: { name: servicePort } } };
  const number = decoder.port(servicePort || null, `${field}.servicePort`) ?? undefined;
  if (!servicePort) {
    const detail = 'port name or number is required';
    decoder.complain({ field: `${field}.servicePort`, reason: 'Required', detail });
  }
  return { service: { name, port: { number } } };
}

function readResource(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const resource = decoder.fields(value, field);
  return {
    apiGroup: decoder.text(resource.apiGroup, `${field}.apiGroup`) || undefined,
    kind: decoder.requiredText(resource.kind, `${field}.kind`),
    name: decoder.requiredText(resource.name, `${field}.name`),
  };
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
