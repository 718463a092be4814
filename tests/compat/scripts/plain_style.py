"""The script of every tutorial, with module-level functions. Words: project, run id."""

import random
import sys

import wandb

project, name = sys.argv[1], sys.argv[2]

with wandb.init(project=project, id=name, config={"learning_rate": 0.02, "dataset": "CIFAR-100"}):
    offset = random.Random(0).random() / 5
    for epoch in range(2, 20):
        loss = 2**-epoch + random.Random(epoch).random() / epoch + offset
        wandb.log({"acc": 1 - loss, "loss": loss})
    wandb.run.summary["best_accuracy"] = 0.9
    table = wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])
    wandb.run.log({"table": table})
print('RESULT {"rows": 19}')
