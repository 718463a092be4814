export const reports = {
  title: "Report",
  laterTitle: "Reports are kept here; a later version shows them",
  laterHint:
    "What a script has saved is here, byte for byte: wandb.Api().reports() lists it, and Report.from_url() reads this address.",
  toProject: "Open the project",
};
