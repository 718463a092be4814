/** Chooses a version: one of the collection, or by name one of any other. */
import { useState } from "react";
import type { ArtifactVersion } from "@/api/artifacts";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Popover } from "@/ui/popover";
import { TextField } from "@/ui/text-field";
import { numberOf } from "../model";
import { useWords } from "../words/use-words";
import styles from "./version-diff.module.css";

interface VersionPickerProps {
  /** Which side it is. */
  label: string;
  versions: readonly ArtifactVersion[] | undefined;
  value: string | undefined;
  onChange: (version: string) => void;
}

export function VersionPicker({ label, versions, value, onChange }: VersionPickerProps) {
  const w = useWords();
  const [isOpen, setOpen] = useState(false);
  const [other, setOther] = useState("");
  const choose = (version: string) => {
    setOpen(false);
    if (version !== "") onChange(version);
  };
  const aliases = versions?.find((one) => numberOf(one) === value)?.aliases ?? [];
  return (
    <Popover
      label={w.diff.choose(label)}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className={styles.picker}>
          <span className={styles.pickerLabel}>{label}</span>{" "}
          <bdi className={styles.picked}>{value ?? "…"}</bdi>{" "}
          {aliases.length > 0 && <span className={styles.aliases}>{aliases.join(" ")}</span>}
          <Icon name="chevron" size={12} />
        </button>
      }
    >
      <div className={styles.choices}>
        <ul className={styles.versions}>
          {versions?.map((one) => (
            <li key={one.index}>
              <button
                type="button"
                className={styles.choice}
                aria-pressed={numberOf(one) === value}
                onClick={() => choose(numberOf(one))}
              >
                <span>{numberOf(one)}</span>
                <span className={styles.aliases}>{one.aliases.join(", ")}</span>
              </button>
            </li>
          ))}
        </ul>
        <form
          className={styles.other}
          onSubmit={(event) => {
            event.preventDefault();
            choose(other.trim());
          }}
        >
          <TextField
            label={w.diff.otherArtifact}
            placeholder={w.diff.otherHint}
            value={other}
            onChange={setOther}
          />
          <Button type="submit" disabled={other.trim() === ""}>
            {w.diff.use}
          </Button>
        </form>
      </div>
    </Popover>
  );
}
