/** What to call a run: its name, or its id where the name is only space. */
export function runName({ id, display_name }: { id: string; display_name: string }): string {
  return display_name.trim() === "" ? id : display_name;
}
