import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Credentials, useClient } from "@/api/client";
import type { Me } from "@/api/types";

/** The query that says who is signed in. */
export const ME = ["me"];
const API_KEYS = ["api-keys"];

/** Who is signed in. Asked once; a 401 is an answer, not a reason to ask again. */
export function useMe() {
  const client = useClient();
  return useQuery({
    queryKey: ME,
    queryFn: () => client.getMe(),
    retry: false,
    staleTime: Infinity,
  });
}

export function useSignIn() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => client.signIn(credentials),
    onSuccess: async () => {
      const before = cache.getQueryData<Me>(ME);
      const me = await client.getMe();
      if (before?.user.username !== me.user.username) {
        // Nothing of one person may be left for the next; what was refused may be allowed now.
        await cache.resetQueries();
        return;
      }
      cache.setQueryData(ME, me);
      await cache.invalidateQueries();
    },
  });
}

export function useSetPassword(username: string) {
  const client = useClient();
  return useMutation({
    mutationFn: (password: string) => client.setPassword(username, password),
  });
}

/** A key for the wandb client. Its secret is in this answer and nowhere else. */
export function useCreateApiKey() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => client.createApiKey(name),
    onSuccess: () => cache.invalidateQueries({ queryKey: API_KEYS }),
  });
}

/** @param username undefined while it is not known yet. */
export function useApiKeys(username: string | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: [...API_KEYS, username],
    queryFn: () => client.listApiKeys(username ?? ""),
    enabled: username !== undefined,
  });
}

export function useRevokeApiKey() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => client.revokeApiKey(id),
    // Also after a failure: somebody else may have revoked it a moment ago.
    onSettled: () => cache.invalidateQueries({ queryKey: API_KEYS }),
  });
}

export function useSignOut() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.signOut(),
    // Nothing of one person may be left for the next.
    onSuccess: async () => {
      cache.clear();
      window.location.assign("/");
    },
  });
}
