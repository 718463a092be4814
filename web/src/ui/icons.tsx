/** Line icons on a 16 px grid, drawn in the text's colour. */
import type { ReactNode } from "react";

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}

const SHAPES = {
  projects: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="2.5" width="4.5" height="4.5" rx="1" />
      <rect x="2.5" y="9" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="9" width="4.5" height="4.5" rx="1" />
    </>
  ),
  workspace: <path d="M2.5 2.5v11h11M5 10l2.5-3.5L10 8.5l3-4.5" />,
  run: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 7.5v3M8 5.3v.1" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="m10 10 3.5 3.5" />
    </>
  ),
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  eye: (
    <>
      <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  eyeOff: (
    <path d="M2 9.5C3.2 7.8 5.2 6.2 8 6.2s4.800 1.6 6 3.300M4.300 7.600 3 6M8 6.200V4.300M11.700 7.600 13 6" />
  ),
  chevron: <path d="m6 4 4 4-4 4" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.500 3.500v-.5A1 1 0 0 0 9.500 2h-6A1.500 1.500 0 0 0 2 3.500v6a1 1 0 0 0 1 1h.5" />
    </>
  ),
  check: <path d="m3 8.500 3.200 3.200L13 4.800" />,
  zoomOut: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="m10 10 3.500 3.500M5.300 7h3.400" />
    </>
  ),
  expand: (
    <path d="M9.500 2.500h4v4M6.500 13.500h-4v-4M13.500 2.500 9.300 6.700M2.500 13.500l4.200-4.200" />
  ),
  shrink: <path d="M13 6.500H9.500V3M3 9.500h3.500V13M9.500 6.500l4-4M6.500 9.500l-4 4" />,
  keyboard: (
    <>
      <rect x="1.500" y="4" width="13" height="8.500" rx="1.500" />
      <path d="M4.200 6.800v.01M6.700 6.800v.01M9.200 6.800v.01M11.700 6.800v.01M5 9.800h6" />
    </>
  ),
} satisfies Record<string, ReactNode>;
