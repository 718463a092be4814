/** Who was added to a registry, and what they may do there. */
import { type FormEvent, type ReactNode, useState } from "react";
import type { Registry, RegistryMember, RegistryRole } from "@/api/registry";
import { Button, IconButton } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import { ROLES } from "../model";
import { useRegistryMembers, useRemoveMember, useSetMember } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./registry.module.css";

interface MembersPanelProps {
  registry: Registry;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function MembersPanel({ registry, renderError }: MembersPanelProps) {
  const w = useWords();
  const ref = { organization: registry.organization, registry: registry.name };
  const { data, error, refetch } = useRegistryMembers(ref);
  const isAdmin = registry.role === "admin";
  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.members}>
      {isAdmin && <AddMember registry={registry} />}
      {data === undefined && <Skeleton width={320} />}
      {data?.length === 0 && <Notice title={w.noMembers} />}
      {data && data.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.table} aria-label={w.members}>
            <tbody>
              {data.map((member) => (
                <MemberRow
                  key={member.name}
                  registry={registry}
                  member={member}
                  isAdmin={isAdmin}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.hint}>
        {registry.visibility === "organization" ? w.everyone : w.nobodyElse}
      </p>
    </div>
  );
}

function AddMember({ registry }: { registry: Registry }) {
  const w = useWords();
  const [name, setName] = useState("");
  const [role, setRole] = useState<RegistryRole>("viewer");
  const set = useSetMember({ organization: registry.organization, registry: registry.name });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    set.mutate({ name: name.trim(), role }, { onSuccess: () => setName("") });
  };
  return (
    <form className={styles.adding} onSubmit={onSubmit}>
      <div className={styles.line}>
        <TextField
          label={w.memberName}
          value={name}
          onChange={setName}
          autoComplete="off"
          spellCheck={false}
        />
        <RoleSelect label={w.memberRole(name || w.memberName)} role={role} onChange={setRole} />
        <Button type="submit" isPrimary disabled={set.isPending || name.trim() === ""}>
          {w.addMember}
        </Button>
      </div>
      {set.error && (
        <p className={styles.hint} role="alert">
          {set.error.message}
        </p>
      )}
    </form>
  );
}

interface MemberRowProps {
  registry: Registry;
  member: RegistryMember;
  isAdmin: boolean;
}

function MemberRow({ registry, member, isAdmin }: MemberRowProps) {
  const w = useWords();
  const toast = useToast();
  const ref = { organization: registry.organization, registry: registry.name };
  const set = useSetMember(ref);
  const remove = useRemoveMember(ref);
  const { name, role } = member;
  const onError = (error: Error) =>
    toast({ kind: "error", title: w.failed, detail: error.message });
  const onRemove = () =>
    remove.mutate(name, {
      onError,
      onSuccess: () =>
        toast({
          title: w.memberRemoved(name),
          action: { label: w.undo, onClick: () => set.mutate({ name, role }, { onError }) },
        }),
    });
  return (
    <tr>
      <th scope="row" className={styles.nameCell} title={name}>
        {name}
      </th>
      <td>{member.is_team && <Tag>{w.team}</Tag>}</td>
      <td>
        {isAdmin ? (
          <RoleSelect
            label={w.memberRole(name)}
            role={role}
            onChange={(next) => set.mutate({ name, role: next }, { onError })}
          />
        ) : (
          w.roles[role]
        )}
      </td>
      <td className={styles.number}>
        {isAdmin && (
          <IconButton
            icon="close"
            label={w.removeMember(name)}
            disabled={remove.isPending}
            onClick={onRemove}
          />
        )}
      </td>
    </tr>
  );
}

interface RoleSelectProps {
  label: string;
  role: RegistryRole;
  onChange: (role: RegistryRole) => void;
}

function RoleSelect({ label, role, onChange }: RoleSelectProps) {
  const w = useWords();
  return (
    <Select
      label={label}
      value={role}
      options={ROLES.map((value) => ({
        value,
        label: w.roles[value],
        detail: w.roleHint[value],
      }))}
      onChange={onChange}
    />
  );
}
