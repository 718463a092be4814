import { type KeyboardEvent, useId, useState } from "react";
import type { ProjectRef } from "@/api/client";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { Tag } from "@/ui/tag";
import { useKnownTags } from "../queries";
import { suggestTags } from "../suggest-tags";
import styles from "./editors.module.css";

interface TagsEditorProps {
  project: ProjectRef;
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
}

const MAX_LENGTH = 256;

/** Tags as chips; a new one is typed, with those of the project at hand. */
export function TagsEditor({ project, tags, onChange }: TagsEditorProps) {
  const m = useMessages();
  const [isAdding, setAdding] = useState(false);
  return (
    <div className={styles.tags}>
      {tags.map((tag) => (
        <Tag key={tag} onRemove={() => onChange(tags.filter((other) => other !== tag))}>
          {tag}
        </Tag>
      ))}
      {isAdding ? (
        <NewTag
          project={project}
          tags={tags}
          onAdd={(tag) => onChange([...tags, tag])}
          onClose={() => setAdding(false)}
        />
      ) : (
        <button type="button" className={styles.add} onClick={() => setAdding(true)}>
          <Icon name="plus" size={12} />
          {tags.length === 0 ? m.run.addTags : m.run.addTag}
        </button>
      )}
    </div>
  );
}

interface NewTagProps {
  project: ProjectRef;
  tags: readonly string[];
  onAdd: (tag: string) => void;
  onClose: () => void;
}

function NewTag({ project, tags, onAdd, onClose }: NewTagProps) {
  const m = useMessages();
  const id = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(-1);
  const suggestions = suggestTags(useKnownTags(project, true), tags, text);
  const add = (tag: string) => {
    const wanted = tag.trim();
    if (wanted !== "" && !tags.includes(wanted)) onAdd(wanted);
    setText("");
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const count = suggestions.length;
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      const chosen = suggestions[active] ?? text;
      if (chosen.trim() === "") onClose();
      else add(chosen);
    } else if (event.key === "Escape") onClose();
    else if (event.key === "ArrowDown" && count > 0) setActive((active + 1) % count);
    else if (event.key === "ArrowUp" && count > 0) setActive(((active + count) % (count + 1)) - 1);
    else if (event.key === "Backspace" && text === "") onClose();
    else return;
    event.stopPropagation();
  };
  return (
    <span className={styles.newTag}>
      <input
        className={styles.tagField}
        role="combobox"
        aria-label={m.run.newTag}
        aria-expanded={suggestions.length > 0}
        aria-controls={id}
        aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
        aria-autocomplete="list"
        placeholder={m.run.newTag}
        // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
        autoFocus
        dir="auto"
        maxLength={MAX_LENGTH}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          add(text);
          onClose();
        }}
      />
      {suggestions.length > 0 && (
        <div id={id} role="listbox" aria-label={m.run.knownTags} className={styles.suggestions}>
          {suggestions.map((tag, i) => (
            <div
              key={tag}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              className={styles.suggestion}
              // The field would lose the focus to it.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => add(tag)}
              onKeyDown={undefined}
            >
              {tag}
            </div>
          ))}
        </div>
      )}
    </span>
  );
}
