import type { ClusterModel, NetworkObject, ObjectRef, Pod } from '#model';

/** A network attachment's definition, with the plugin that makes the interface (dataplane D.1). */
export interface Attachment {
  readonly ref: ObjectRef;
  /** Device plugin resource, where it names one. */
  readonly resource: string | null;
  /** `Plugin`: understood; `NodeFile`: the definition is a file on the node; `Invalid`: nobody can read it. */
  readonly state: 'Plugin' | 'NodeFile' | 'Invalid';
  readonly plugin: AttachmentPlugin | null;
}

export interface AttachmentPlugin {
  /** `bridge`, `macvlan`, `ipvlan`, `sriov`, … */
  readonly type: string;
  readonly master: string | null;
  readonly mode: string | null;
  readonly bridge: string | null;
  readonly vlan: number | null;
  readonly mtu: number | null;
  readonly isGateway: boolean;
  readonly portIsolation: boolean;
  readonly ipam: {
    readonly type: string | null;
    readonly subnets: readonly string[];
    readonly routes: readonly string[];
    readonly hasGateway: boolean;
  };
}

/** One interface of a pod on a network besides the cluster's own. */
export interface PodAttachment {
  /** `namespace/name` of the definition. */
  readonly network: string;
  readonly interface: string;
  readonly ips: readonly string[];
  readonly mac: string | null;
  /** Whether the request makes it the pod's default route. */
  readonly defaultRoute: boolean;
  /** Null where the pod has no network status at all; false where it has one and this network is not in it. */
  readonly attached: boolean | null;
}

/** Definitions by `namespace/name`. */
export function readAttachments({ networkObjects }: ClusterModel): ReadonlyMap<string, Attachment> {
  const definitions = networkObjects.filter(({ ref }) => ref.kind === 'NetworkAttachmentDefinition');
  return new Map(definitions.map((object) => [`${object.ref.namespace}/${object.ref.name}`, attachmentOf(object)]));
}

/** The networks that a pod asks for, with what Multus wrote down about them. A text that cannot be read asks for none. */
export function readPodAttachments({ namespace, annotations }: Pod): readonly PodAttachment[] {
  const requested = requestsOf(annotations['k8s.v1.cni.cncf.io/networks'] ?? '', namespace);
  const written = annotations['k8s.v1.cni.cncf.io/network-status'] ?? annotations['k8s.v1.cni.cncf.io/networks-status'];
  const status = written === undefined ? null : statusOf(written, namespace);
  const secondary = status?.filter((entry) => !entry.isDefault) ?? null;
  const claimed = new Set<number>();
  return requested.map((request, i): PodAttachment => {
    const name = request.interface ?? `net${i + 1}`;
    const index = (secondary ?? []).findIndex(
      (entry, at) =>
        !claimed.has(at) &&
        entry.network === request.network &&
        (request.interface === null || entry.interface === request.interface),
    );
    claimed.add(index);
    const found = secondary?.[index];
    return {
      network: request.network,
      interface: found?.interface ?? name,
      ips: found?.ips ?? request.ips,
      mac: found?.mac ?? null,
      defaultRoute: request.defaultRoute,
      attached: status === null ? null : found !== undefined,
    };
  });
}

function attachmentOf({ ref, annotations, spec }: NetworkObject): Attachment {
  const resource = annotations['k8s.v1.cni.cncf.io/resourceName'] ?? null;
  if (typeof spec.config !== 'string' || spec.config.trim() === '')
    return { ref, resource, state: 'NodeFile', plugin: null };
  const parsed = parse(spec.config);
  if (!isRecord(parsed)) return { ref, resource, state: 'Invalid', plugin: null };
  const list: unknown[] = Array.isArray(parsed.plugins) ? parsed.plugins : [parsed];
  const first = list.find(isRecord);
  if (first === undefined || typeof first.type !== 'string') return { ref, resource, state: 'Invalid', plugin: null };
  return { ref, resource, state: 'Plugin', plugin: pluginOf(first) };
}

function pluginOf(plugin: Readonly<Record<string, unknown>>): AttachmentPlugin {
  const ipam = isRecord(plugin.ipam) ? plugin.ipam : {};
  const ranges = (Array.isArray(ipam.ranges) ? ipam.ranges : []).flat().filter(isRecord);
  const subnets = [ipam.subnet, ipam.range, ...ranges.map(({ subnet }) => subnet)].filter(
    (value) => typeof value === 'string',
  );
  const statics = (Array.isArray(ipam.addresses) ? ipam.addresses : [])
    .filter(isRecord)
    .map(({ address }) => address)
    .filter((value) => typeof value === 'string');
  const routes = (Array.isArray(ipam.routes) ? ipam.routes : []).filter(isRecord).map(({ dst }) => String(dst));
  return {
    type: String(plugin.type),
    master: text(plugin.master),
    mode: text(plugin.mode),
    bridge: text(plugin.bridge),
    vlan: integer(plugin.vlan) ?? integer(plugin.vlanId),
    mtu: integer(plugin.mtu),
    isGateway: plugin.isGateway === true || plugin.isDefaultGateway === true,
    portIsolation: plugin.portIsolation === true,
    ipam: {
      type: text(ipam.type),
      subnets: [...subnets, ...statics],
      routes,
      hasGateway: typeof ipam.gateway === 'string' || ranges.some(({ gateway }) => typeof gateway === 'string'),
    },
  };
}

interface Request {
  readonly network: string;
  readonly interface: string | null;
  readonly ips: readonly string[];
  readonly defaultRoute: boolean;
}

/** Either `[ns/]name[@interface]` joined by commas, or a JSON list. */
function requestsOf(written: string, namespace: string): Request[] {
  const trimmed = written.trim();
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) {
    return trimmed.split(',').map((part) => {
      const [name, device] = part.trim().split('@');
      return {
        network: name.includes('/') ? name : `${namespace}/${name}`,
        interface: device ?? null,
        ips: [],
        defaultRoute: false,
      };
    });
  }
  const parsed = parse(trimmed);
  return (Array.isArray(parsed) ? parsed : []).filter(isRecord).map((entry) => ({
    network: `${text(entry.namespace) ?? namespace}/${text(entry.name) ?? ''}`,
    interface: text(entry.interface),
    ips: (Array.isArray(entry.ips) ? entry.ips : []).map((ip) => String(ip).split('/')[0]),
    defaultRoute: Array.isArray(entry['default-route']) && entry['default-route'].length > 0,
  }));
}

interface Status {
  readonly network: string;
  readonly interface: string;
  readonly ips: readonly string[];
  readonly mac: string | null;
  readonly isDefault: boolean;
}

function statusOf(written: string, namespace: string): Status[] | null {
  const parsed = parse(written);
  if (!Array.isArray(parsed)) return null;
  return parsed.filter(isRecord).map((entry) => {
    const name = text(entry.name) ?? '';
    return {
      network: name.includes('/') ? name : `${namespace}/${name}`,
      interface: text(entry.interface) ?? '',
      ips: (Array.isArray(entry.ips) ? entry.ips : []).map(String),
      mac: text(entry.mac),
      isDefault: entry.default === true,
    };
  });
}

function parse(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function integer(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
