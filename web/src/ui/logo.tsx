/** The stone: two facets of one rhombus. */
export function Logo({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      <path d="M9 1.500 16 9l-7 7.500L2 9Z" fill="var(--accent)" />
      <path d="M9 1.500 16 9H2Z" fill="var(--on-accent)" opacity="0.28" />
    </svg>
  );
}
