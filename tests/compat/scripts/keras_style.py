"""What wandb's Keras callbacks do with the client, call by call. Words: project, run id."""

import sys

import numpy as np
import wandb

project, name = sys.argv[1], sys.argv[2]


class MetricsLogger:
    """Epoch and batch metrics, each over its own step metric."""

    def __init__(self):
        self.global_step = 0
        wandb.define_metric("batch/batch_step")
        wandb.define_metric("batch/*", step_metric="batch/batch_step")
        wandb.define_metric("epoch/epoch")
        wandb.define_metric("epoch/*", step_metric="epoch/epoch")

    def on_batch_end(self, logs):
        values = {f"batch/{key}": value for key, value in logs.items()}
        wandb.log({**values, "batch/batch_step": self.global_step})
        self.global_step += 1

    def on_epoch_end(self, epoch, logs):
        wandb.log({**{f"epoch/{key}": value for key, value in logs.items()}, "epoch/epoch": epoch})


wandb.init(project=project, id=name, name="keras", config={"epochs": 3, "batch_size": 8})
wandb.config.update({"optimizer": {"class_name": "Adam", "learning_rate": np.float32(0.5)}})
callback = MetricsLogger()
for epoch in range(3):
    for batch in range(5):
        callback.on_batch_end({"loss": np.float32(1 / (batch + 1)), "accuracy": np.float64(0.5)})
    callback.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 0.25, "learning_rate": np.float32(0.5)})
wandb.finish()
print('RESULT {"rows": 18}')
