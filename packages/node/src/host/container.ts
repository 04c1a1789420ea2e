import type { HostReader } from './host-reader.ts';

/** Words in the path of a cgroup that tell what made the container. */
const CGROUPS: readonly (readonly [RegExp, string])[] = [
  [/kubepods|kubelet/, 'Kubernetes'],
  [/libpod/, 'Podman'],
  [/docker/, 'Docker'],
  [/lxc/, 'LXC'],
  [/containerd|crio/, 'containerd'],
];

/** The container that a process runs in, by the marks that its makers leave. */
export interface Container {
  /** Its maker: Docker, Podman, Kubernetes … */
  readonly kind: string;
  /** The file that tells. */
  readonly evidence: string;
}

/** Finds out whether processes here run in a container. `root` leads to the root directory of the process asked about. */
export function findContainer(
  reader: HostReader,
  cgroup: string | undefined,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Container | undefined {
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined)
    return { kind: 'Kubernetes', evidence: 'KUBERNETES_SERVICE_HOST is set' };
  for (const [expression, kind] of CGROUPS) {
    if (cgroup !== undefined && expression.test(cgroup)) return { kind, evidence: 'its cgroup' };
  }
  const named = reader.text(`${root}/run/systemd/container`)?.trim();
  if (named !== undefined && named !== '') return { kind: named, evidence: '/run/systemd/container' };
  if (reader.stat(`${root}/.dockerenv`) !== undefined) return { kind: 'Docker', evidence: '/.dockerenv' };
  if (reader.stat(`${root}/run/.containerenv`) !== undefined) return { kind: 'Podman', evidence: '/run/.containerenv' };
  const variable = reader
    .text('/proc/1/environ')
    ?.split('\0')
    .find((entry) => entry.startsWith('container='));
  return variable === undefined ? undefined : { kind: variable.slice('container='.length), evidence: variable };
}
