import { Link } from "@tanstack/react-router";
import { AccountPage as Account } from "@/features/auth/account-page";
import { useMe } from "@/features/auth/queries";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";

export function AccountPage() {
  const m = useMessages();
  const { data: me } = useMe();
  useTitle(m.account.settings);
  return <Account user={me?.user} keysLink={<Link to="/authorize">{m.account.manageKeys}</Link>} />;
}
