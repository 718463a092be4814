import { Link } from "@tanstack/react-router";
import type { User } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { showKey } from "@/lib/keyboard";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/lib/language";
import { setThemeChoice, useTheme, useThemeChoice } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Logo } from "@/ui/logo";
import { Menu } from "@/ui/menu";
import { AccountMenu } from "./account-menu";
import { Breadcrumbs } from "./breadcrumbs";
import { LiveDot } from "./live-dot";
import { usePalette } from "./palette-host";
import styles from "./shell.module.css";
import { themeOptions } from "./theme-options";

export function TopBar({ user }: { user: User | undefined }) {
  const m = useMessages();
  return (
    <header className={styles.bar}>
      <div className={styles.start}>
        <Link to="/" className={styles.logo} aria-label={m.app.home} title={m.app.home}>
          <Logo />
        </Link>
        <Breadcrumbs />
      </div>
      <PaletteButton />
      <div className={styles.end}>
        <LiveDot />
        <div className={styles.wide}>
          <LanguageMenu />
          <ThemeMenu />
        </div>
        <div className={styles.account}>{user && <AccountMenu user={user} />}</div>
      </div>
    </header>
  );
}

function PaletteButton() {
  const m = useMessages();
  const palette = usePalette();
  return (
    <button
      type="button"
      className={styles.palette}
      aria-haspopup="dialog"
      aria-keyshortcuts="Meta+K Control+K"
      onClick={palette.open}
      onPointerEnter={palette.prepare}
    >
      <Icon name="search" size={14} />
      <span>{m.frame.search}</span>
      <span className={styles.paletteKey} aria-hidden="true">
        {showKey("Mod+k")}
      </span>
    </button>
  );
}

export function LanguageMenu() {
  const m = useMessages();
  const language = useLanguage();
  return (
    <Menu
      label={m.frame.language}
      align="end"
      trigger={<IconButton icon="language" label={m.frame.language} />}
      items={LANGUAGES.map(({ value, label }) => ({
        label,
        isChecked: value === language,
        onSelect: () => void chooseLanguage(value),
      }))}
    />
  );
}

function ThemeMenu() {
  const m = useMessages();
  const choice = useThemeChoice();
  const theme = useTheme();
  return (
    <Menu
      label={m.theme.title}
      align="end"
      trigger={<IconButton icon={theme === "dark" ? "moon" : "sun"} label={m.theme.title} />}
      items={themeOptions(m).map(({ value, label }) => ({
        label,
        isChecked: value === choice,
        onSelect: () => setThemeChoice(value),
      }))}
    />
  );
}
