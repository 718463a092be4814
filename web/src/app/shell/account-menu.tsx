import { useNavigate } from "@tanstack/react-router";
import type { User } from "@/api/types";
import { useSignOut } from "@/features/auth/queries";
import { forgetAllVisits } from "@/features/palette/recent";
import { useMessages } from "@/lib/i18n";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/lib/language";
import { setThemeChoice, useThemeChoice } from "@/lib/theme";
import { Menu, type MenuEntry } from "@/ui/menu";
import styles from "./shell.module.css";
import { themeOptions } from "./theme-options";

/** Who is signed in, what is theirs, and the way out. */
export function AccountMenu({ user }: { user: User }) {
  const m = useMessages();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const theme = useThemeChoice();
  const language = useLanguage();
  const name = user.name || user.username;
  const items: MenuEntry[] = [
    { heading: user.is_admin ? `${name} · ${m.account.admin}` : name },
    { label: m.account.settings, icon: "user", onSelect: () => void navigate({ to: "/account" }) },
    { label: m.account.apiKeys, icon: "key", onSelect: () => void navigate({ to: "/authorize" }) },
    "separator",
    { heading: m.frame.language },
    ...LANGUAGES.map(({ value, label }) => ({
      label,
      isChecked: value === language,
      onSelect: () => void chooseLanguage(value),
    })),
    "separator",
    { heading: m.theme.title },
    ...themeOptions(m).map(({ value, label }) => ({
      label,
      isChecked: value === theme,
      onSelect: () => setThemeChoice(value),
    })),
    "separator",
    {
      label: m.account.signOut,
      onSelect: () => {
        forgetAllVisits();
        signOut.mutate();
      },
    },
  ];
  return (
    <Menu
      label={m.account.menu}
      align="end"
      trigger={
        <button type="button" className={styles.avatar} aria-label={m.account.menu} title={name}>
          {[...name][0]?.toUpperCase()}
        </button>
      }
      items={items}
    />
  );
}
