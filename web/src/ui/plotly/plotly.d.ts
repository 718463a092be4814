declare module "plotly.js-strict-dist-min" {
  interface Plotly {
    react(root: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
    purge(root: HTMLElement): void;
  }
  const plotly: Plotly;
  // biome-ignore lint/style/noDefaultExport: it is how the library is made
  export default plotly;
}
