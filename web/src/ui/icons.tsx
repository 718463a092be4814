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
  storage: (
    <>
      <ellipse cx="8" cy="4" rx="5.5" ry="2" />
      <path d="M2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2" />
    </>
  ),
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
  lock: (
    <>
      <rect x="3.500" y="7" width="9" height="6.500" rx="1.500" />
      <path d="M5.500 7V5a2.500 2.500 0 0 1 5 0v2" />
    </>
  ),
  registry: (
    <>
      <path d="M2.500 13.500h11M3.500 2.500h2v11h-2zM7 4.500h2v9H7z" />
      <path d="m10.300 4.400 1.900-.5 2 9.300" />
    </>
  ),
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
  more: <path d="M3.500 8h.01M8 8h.01M12.500 8h.01" strokeWidth="2.200" />,
  pin: (
    <path d="M9.500 2.500 13.500 6.500 10.500 8 8.500 11.500 4.500 7.500 8 5.500ZM6.500 9.500l-4 4" />
  ),
  focus: (
    <>
      <path d="M2.500 5.500v-2a1 1 0 0 1 1-1h2M10.500 2.500h2a1 1 0 0 1 1 1v2M13.500 10.500v2a1 1 0 0 1-1 1h-2M5.500 13.500h-2a1 1 0 0 1-1-1v-2" />
      <circle cx="8" cy="8" r="1.750" />
    </>
  ),
  grid: (
    <>
      <rect x="2.500" y="3" width="11" height="10" rx="1" />
      <path d="M8 3v10M2.500 8h11" />
    </>
  ),
  sort: <path d="M5 3v10M2.500 10.500 5 13l2.500-2.500M11 13V3M8.500 5.500 11 3l2.500 2.500" />,
  columns: (
    <>
      <rect x="2.500" y="3" width="11" height="10" rx="1" />
      <path d="M6.200 3v10M9.800 3v10" />
    </>
  ),
  filter: <path d="M2.500 4h11M4.500 8h7M6.500 12h3" />,
  trash: (
    <path d="M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.700 9h6.600l.700-9M6.800 7v4M9.200 7v4" />
  ),
  tag: (
    <>
      <path d="M2.500 3.500v4l6 6 5-5-6-6h-4a1 1 0 0 0-1 1Z" />
      <path d="M5.500 5.700h.01" strokeWidth="2" />
    </>
  ),
  link: (
    <path d="M6.500 9.500 9.500 6.500M7.500 4.500l1.300-1.300a2.800 2.800 0 0 1 4 4L11.500 8.500M8.500 11.500l-1.300 1.300a2.800 2.800 0 0 1-4-4L4.500 7.500" />
  ),
  pencil: <path d="m3 10.500 7.500-7.500 2.500 2.500-7.500 7.500-3 .500ZM9 4.500 11.500 7" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" />,
  table: (
    <>
      <rect x="2.500" y="3" width="11" height="10" rx="1" />
      <path d="M2.500 6.300h11M2.500 9.700h11M6.500 6.300V13" />
    </>
  ),
  download: <path d="M8 2.500v7.500M5 7l3 3 3-3M2.500 13.500h11" />,
  artifacts: (
    <>
      <path d="m8 2 5.500 3v6L8 14l-5.500-3V5Z" />
      <path d="M2.700 5.100 8 8l5.300-2.900M8 8v5.800" />
    </>
  ),
  folder: <path d="M2.500 12.500v-9h4l1.500 2h5.500v7Z" />,
  compare: <path d="M8 2.500v11M2.500 4.500h3v7h-3ZM10.500 4.500h3v7h-3Z" />,
  open: <path d="M9 2.500h4.500V7M13.500 2.500 7.500 8.500M11.500 9.500v4h-9v-9h4" />,
  overview: <path d="M3 3.500h10M3 6.500h6M3 9.500h10M3 12.500h6" />,
  console: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.500" />
      <path d="m4.500 6.200 2 1.800-2 1.800M8.500 10h3" />
    </>
  ),
  system: (
    <>
      <rect x="4.500" y="4.500" width="7" height="7" rx="1" />
      <path d="M6.500 2v2.500M9.500 2v2.500M6.500 11.500V14M9.500 11.500V14M2 6.500h2.500M2 9.500h2.500M11.500 6.500H14M11.500 9.500H14" />
    </>
  ),
  media: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.500" />
      <circle cx="5.500" cy="6.300" r="1" />
      <path d="m2.500 12 3.700-3.500L8.500 10.500 11 8l2.700 2.700" />
    </>
  ),
  code: <path d="M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500" />,
  key: (
    <>
      <circle cx="5.200" cy="10.800" r="2.700" />
      <path d="m7.200 8.800 5.800-5.800M11 5l1.800 1.800M9.300 6.700l1.200 1.200" />
    </>
  ),
  language: (
    <>
      <circle cx="8" cy="8" r="5.800" />
      <path d="M2.200 8h11.600M8 2.200c4.200 4 4.200 7.600 0 11.600M8 2.200c-4.200 4-4.200 7.600 0 11.600" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.800" />
      <path d="M8 1.800v1.400M8 12.800v1.400M1.800 8h1.400M12.800 8h1.400M3.600 3.600l1 1M11.400 11.400l1 1M12.400 3.600l-1 1M4.600 11.400l-1 1" />
    </>
  ),
  moon: <path d="M13.500 9.500A5.800 5.800 0 0 1 6.500 2.500a5.800 5.800 0 1 0 7 7Z" />,
  display: <path d="M2 3.500h12v7.500H2zM8 11v2.500M5.500 13.500h5" />,
  plus: <path d="M8 3v10M3 8h10" />,
  user: (
    <>
      <circle cx="8" cy="5.500" r="2.700" />
      <path d="M2.800 13.500c.6-2.800 2.700-4.200 5.200-4.200s4.600 1.400 5.200 4.200" />
    </>
  ),
  enter: <path d="M13 3.500v4a1.500 1.500 0 0 1-1.500 1.500H3.500M6 6 3 9l3 3" />,
  action: <path d="M9 1.800 3.500 9h4L7 14.200 12.500 7h-4Z" />,
  arrowUp: <path d="M8 13V3M3.800 7.200 8 3l4.200 4.200" />,
  arrowDown: <path d="M8 3v10M3.800 8.800 8 13l4.200-4.200" />,
  wrap: (
    <path d="M2.500 4h11M2.500 8h9a2.200 2.200 0 0 1 0 4.400H8.500M10 10.800l-1.700 1.600L10 14M2.500 12.400h2.500" />
  ),
  up: <path d="M12.500 13.500h-4A2.500 2.500 0 0 1 6 11V3M3 6l3-3 3 3" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.500" />
      <path d="M8 4.800V8l2.200 1.600" />
    </>
  ),
  legend: <path d="M2.500 4h2M2.500 8h2M2.500 12h2M7 4h6.500M7 8h6.500M7 12h4" />,
  sliders: (
    <>
      <path d="M2.500 5h5M11 5h2.500M2.500 11h2M8 11h5.500" />
      <circle cx="9.200" cy="5" r="1.700" />
      <circle cx="6.200" cy="11" r="1.700" />
    </>
  ),
  axes: (
    <path d="M3.500 2v10.500H14M3.500 2 2 3.800M3.500 2 5 3.800M14 12.500l-1.800-1.500M14 12.500 12.200 14M6.500 9.500l2-2.500 2 1.200 2.500-3.400" />
  ),
  file: <path d="M4 1.750h5l3.250 3.250v9.250H4zM9 1.750V5h3.250" />,
  play: <path d="M5 3.250v9.500L12.500 8z" />,
  pause: <path d="M5.500 3.500v9M10.500 3.500v9" />,
  minus: <path d="M3.500 8h9" />,
  foldLeft: (
    <>
      <rect x="2.500" y="3" width="11" height="10" rx="1" />
      <path d="M6 3v10M11 6.500 9.500 8l1.500 1.500" />
    </>
  ),
  foldRight: (
    <>
      <rect x="2.500" y="3" width="11" height="10" rx="1" />
      <path d="M6 3v10M9.500 6.500 11 8 9.500 9.500" />
    </>
  ),
} satisfies Record<string, ReactNode>;
