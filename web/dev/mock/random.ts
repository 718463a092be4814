/** Noise that depends on its seed alone, so that every reload shows the same curves. */
export function noise(seed: number, i: number): number {
  let v = (seed * 374761393 + i * 668265263) | 0;
  v = Math.imul(v ^ (v >>> 13), 1274126177);
  return ((v ^ (v >>> 16)) >>> 0) / 2 ** 32 - 0.5;
}

export function seedOf(text: string): number {
  let value = 7;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}

export function pick<T>(items: readonly T[], seed: number, fallback: T): T {
  return items[seed % items.length] ?? fallback;
}
