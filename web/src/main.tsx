import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { httpClient } from "@/api/http";
import { Providers } from "@/app/providers";
import { router } from "@/app/router";
import { startLanguage } from "@/lib/language";
import "@/ui/fonts.css";
import "@/ui/tokens.css";
import "@/ui/base.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");

// Not awaited up here: the words are a chunk that imports from this one, and would wait for its end.
void startLanguage().then(() =>
  createRoot(root).render(
    <StrictMode>
      <Providers client={httpClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  ),
);
