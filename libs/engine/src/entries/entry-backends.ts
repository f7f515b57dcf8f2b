import type { EntryBackend, Service, ServicePort } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { JudgedWord } from '../query/judgement.js';
import { askedServicePorts, type AskedServicePort } from '../query/resolve-service.js';

/** The backends that a controller is sent to; or what is to be said where there are none to be judged. */
export type FoundBackends =
  | { readonly kind: 'Ports'; readonly service: Service; readonly ports: readonly AskedServicePort[] }
  | { readonly kind: 'None'; readonly word: JudgedWord };

/**
 * Where a backend of an entry leads (policy semantics 5.2, 5.3): a port of a Service, and from there what the Service's own
 * target port says. Controllers send to the backends themselves, so a headless Service translates for them like any
 * other, and to nothing that is ending.
 */
export function backendsOf(cluster: Cluster, { target, port, protocol, standing }: EntryBackend): FoundBackends {
  if (standing === 'NoWeight') return none('notApplicable', 'NO_WEIGHT');
  if (standing === 'NotGranted') return none('notApplicable', 'NO_REFERENCE_GRANT');
  if (target.group !== '' || target.kind !== 'Service') return none('unknown', 'NOT_A_SERVICE');
  const service = cluster.lookups.serviceByName().get(`${target.namespace}/${target.name}`);
  if (service === undefined) return none('notApplicable', 'NO_SERVICE');
  if (service.type === 'ExternalName') return none('unknown', 'EXTERNAL_NAME');
  const asked = service.ports.filter(
    (candidate) =>
      candidate.protocol === protocol &&
      (port.kind === 'Number' ? candidate.port === port.port : port.kind !== 'Name' || candidate.name === port.name),
  );
  const found = asked
    .flatMap((one) => translated(cluster, service, one))
    .map((one) => ({
      ...one,
      backends:
        port.kind === 'TargetNumber' ? one.backends.filter((backend) => backend.port === port.port) : one.backends,
    }))
    .filter(({ backends }) => port.kind !== 'TargetNumber' || backends.length > 0);
  return found.length === 0 ? none('notApplicable', 'NO_SERVICE_PORT') : { kind: 'Ports', service, ports: found };
}

function translated(cluster: Cluster, service: Service, port: ServicePort): AskedServicePort[] {
  return askedServicePorts(cluster, {
    service: { ...service, headless: false, ports: [port] },
    protocol: port.protocol,
    protocolGiven: true,
    port: { kind: 'Range', first: port.port, last: port.port },
  }).map((asked) => ({ ...asked, backends: asked.backends.filter(({ terminating }) => !terminating) }));
}

function none(verdict: JudgedWord['verdict'], reason: JudgedWord['reason']): FoundBackends {
  return { kind: 'None', word: { verdict, reason } };
}
