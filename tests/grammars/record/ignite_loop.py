"""Records ignite's logger and progress bar: ``python ignite_loop.py > ignite.log 2>&1``."""

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Accuracy, Loss
from ignite.utils import setup_logger

torch.manual_seed(7)
x = torch.randn(64, 4)
y = (x[:, 0] > 0).long()
data = [(x[i : i + 8], y[i : i + 8]) for i in range(0, 64, 8)]
net = torch.nn.Linear(4, 2)
criterion = torch.nn.CrossEntropyLoss()
trainer = create_supervised_trainer(net, torch.optim.SGD(net.parameters(), 0.1), criterion)
evaluator = create_supervised_evaluator(net, metrics={"accuracy": Accuracy(), "nll": Loss(criterion)})
trainer.logger, evaluator.logger = setup_logger("trainer"), setup_logger("evaluator")


@trainer.on(Events.ITERATION_COMPLETED(every=4))
def log_training_loss(engine):
    """The line of ignite's quick start."""
    print(f"Epoch[{engine.state.epoch}], Iter[{engine.state.iteration}] Loss: {engine.state.output:.2f}")


@trainer.on(Events.EPOCH_COMPLETED)
def log_validation_results(engine):
    """The line of ignite's quick start."""
    m = evaluator.run(data).metrics
    print(
        f"Validation Results - Epoch[{engine.state.epoch}] Avg accuracy: {m['accuracy']:.2f} Avg loss: {m['nll']:.2f}"
    )


trainer.run(data, max_epochs=3)
