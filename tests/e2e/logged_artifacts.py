"""Two versions of an artifact and a run that uses one; the client's own python runs this."""

import json
from pathlib import Path

import wandb

SETTINGS = {"console": "off", "x_disable_stats": True, "silent": True}

writer = wandb.init(project="shelf", name="writer", settings=SETTINGS)
for number in (1, 2):
    Path("notes.txt").write_text(f"note {number}\n")
    Path("rows.csv").write_text("x,y\n" + "".join(f"{i},{i * number}\n" for i in range(3)))
    data = wandb.Artifact("data", "dataset", description="Rows.", metadata={"factor": number})
    data.add_file("notes.txt", name="docs/notes.txt")
    data.add_file("rows.csv")
    writer.log_artifact(data, aliases=["first"] if number == 1 else [])
    data.wait()
writer.finish()
reader = wandb.init(project="shelf", name="reader", settings=SETTINGS)
found = reader.use_artifact("data:first")
reader.finish()
result = {"digest": found.digest, "size": found.size, "reader": reader.id, "entity": reader.entity}
print("RESULT " + json.dumps(result))
