/** A machine's accelerators, those that are alike together. Pure. */

interface Gpu {
  name: string | null;
  memory_bytes: number | null;
}

export interface GpuKind {
  name: string;
  count: number;
  memoryBytes: number | null;
}

export function groupGpus(gpus: readonly Gpu[]): GpuKind[] {
  const kinds = new Map<string, GpuKind>();
  for (const { name, memory_bytes } of gpus) {
    const key = `${name} ${memory_bytes}`;
    const kind = kinds.get(key) ?? { name: name ?? "GPU", count: 0, memoryBytes: memory_bytes };
    kinds.set(key, { ...kind, count: kind.count + 1 });
  }
  return [...kinds.values()];
}
