"""What the names of columns and keys mean: which count steps, tell the time, name runs, are results or settings."""

from __future__ import annotations

import re


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


STEP = _listed(
    """
    step steps global_step globalstep _step current_step current_steps train_step training_step num_steps
    step_num n_step iteration iterations iter iters itr it niter n_iter iter_num iter_idx num_iter num_iters
    n_iters training_iteration timestep timesteps time_step t_env env_step env_steps num_env_steps
    total_timesteps timesteps_total num_timesteps num_env_steps_sampled total_env_steps totalenvinteracts
    total_env_interacts frame frames update updates num_updates n_updates batch batch_idx batches episode
    episodes ep round rounds server_round generation gen n_gen trees tree samples num_samples examples images
    tokens total_steps step_count i tick kimg
    """
)
"""Step counters, the likelier first (see ``plain`` for the form)."""

EPOCH = _listed("epoch _epoch current_epoch epoch_num epoch_idx epoch_number num_epoch epochs n_epoch")
TIME = _listed(
    """
    wall_time walltime timestamp _timestamp unix_time unixtime time_stamp timestamp_ms timestamps ts time
    datetime date_time date logged_at log_time created_at created start_time end_time
    """
)
METRIC = _listed("metric metric_name metric_key tag name key variable measure measurement quantity series")
VALUE = _listed("value val metric_value values scalar score y measurement_value")
RUN = _listed(
    """
    run run_id runid run_name run_uuid experiment experiment_id experiment_name exp exp_id exp_name trial
    trial_id trial_name job job_id job_name config_id dir_name log_dir logdir
    """
)
REPEAT = _listed("seed random_seed fold repeat rep replicate replica worker rank agent agent_id client")
SPLIT = _listed("mode split phase stage subset set dataset partition")
SPLIT_WORDS = frozenset(
    _listed(
        """
    train training tr val valid validation dev eval evaluation test testing holdout predict fit
    """
    )
)
ROW_ID = _listed("id run_id run experiment_id exp_id trial_id number no nr idx # index trial")
ROW_NAME = _listed(
    """
    name run_name run experiment experiment_name exp exp_name trial trial_name model model_name method config
    system title label
    """
)
STATUS = _listed("status state")
STARTED = _listed("started_at start_time datetime_start created_at created start date datetime timestamp")
ENDED = _listed("ended_at end_time datetime_complete finished_at completed_at end")
NOTES = _listed("notes note comment comments remark remarks description")
GROUP = _listed("group group_name sweep sweep_id study study_name project")
BAG = _listed("params parameters config hparams hyperparameters settings args user_attrs")

STATUS_WORDS = {
    "finished": "finished", "complete": "finished", "completed": "finished", "done": "finished", "ok": "finished",
    "success": "finished", "succeeded": "finished", "terminated": "finished", "failed": "failed", "fail": "failed",
    "error": "failed", "crashed": "failed", "crash": "failed", "oom": "failed", "killed": "killed",
    "canceled": "killed", "cancelled": "killed", "interrupted": "killed", "aborted": "killed",
    "stopped": "killed", "pruned": "killed",
    "running": "running", "in progress": "running", "pending": "unknown", "waiting": "unknown", "queued": "unknown",
}  # fmt: skip

_RESULT = frozenset(
    _listed(
        """
    loss losses acc accuracy acc1 acc5 top1 top5 precision recall f1 fscore fbeta auc auroc auprc roc map ap
    ar iou miou dice bleu rouge meteor chrf cider ppl perplexity bpb bpc bpd nll elbo kl ce bce mse rmse mae
    mape r2 error err wer cer ter fid psnr ssim lpips reward return score metric metrics result results train
    training val valid validation test eval best final last mean avg average std min max median entropy grad
    gnorm norm throughput runtime duration elapsed seconds sec secs ms speed fps time flops memory mem gpu win
    success likelihood logloss mcc kappa ndcg mrr hit spearman pearson correlation tps it/s hits recall@1
    objective fitness cost regret sensitivity specificity
    """
    )
)
_TRAINING = frozenset(
    _listed(
        """
    loss losses acc accuracy precision recall f1 auc auroc map iou miou dice bleu rouge ppl perplexity mse rmse mae
    wer cer fid psnr ssim reward return score nll elbo entropy grad gnorm epoch epochs lr optimizer train training
    val valid validation eval dropout batch seed logloss mcc reward rewards
    """
    )
)
_SETTING = frozenset(
    _listed(
        """
    lr lr0 lrf seed batch bs epochs hidden layers layer depth width dropout optimizer optim momentum decay wd
    weight_decay warmup scheduler schedule gamma beta beta1 beta2 alpha lambda eps epsilon clip size dim dims
    units heads head model arch architecture backbone dataset data task env workers num n max_steps max_epochs
    total steps patience augment augmentation pretrained checkpoint activation kernel stride padding
    temperature tau rank params parameters pid host hostname node device devices gpus precision fp16 bf16 amp
    version commit config freeze ratio rate learning regularization l1 l2 solver criterion penalty neighbors
    estimators trees vocab context window length limit budget nodes tokenizer
    """
    )
)
_SURE_SETTING = re.compile(
    r"(?:^|[_/.\s])(lr|lr\d|learning_?rate|seed|random_?state|batch_?size|bs|dropout|weight_?decay|wd|momentum|"
    r"optimi[sz]er|epochs|n_?epochs|num_?epochs|max_?epochs|max_?steps|total_?steps|total_?epochs|warmup\w*|"
    r"hidden\w*|n_?layers|num_?layers|layers|depth|width|n_?heads|num_?heads|num_?workers|n_?parameters|num_?params|n_?params|params|pid|gpus?|devices?|"
    r"gamma|alpha|beta\d?|lambda|eps|epsilon|kernel\w*|stride|units|embed\w*|d_model|vocab_size|n_estimators|max_depth|"
    r"backbone|arch|model|dataset|data|scheduler|activation|solver|penalty|world_size|grad_clip\w*|patience|"
    r"num_\w+|n_\w+|max_\w+|\w+_size|\w+_dim|use_\w+|with_\w+|"
    r"(?:train|training|val|valid|validation|test|eval)[_ ](?:images|samples|examples|rows|sentences|videos|files|set|size))$",
    re.IGNORECASE,
)
_SCHEDULED = re.compile(
    r"(?:^|[_/.\s])(?:lr|lr\d|learning_?rate|momentum|weight_?decay|wd|gamma|alpha|beta\d?|lambda|eps|epsilon|temperature)$",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"^(?:best|final|last|mean|avg|std|median)[_/.\s]", re.IGNORECASE)
_PART = re.compile(r"^(?:train|training|val|valid|validation|test|eval|dev|min|max)[_/.\s]", re.IGNORECASE)
_FIXED = re.compile(
    r"(?:^|[_/.\s])(?:n_?parameters|num_?parameters|num_?params|n_?params|params|parameters|"
    r"total_?(?:steps|epochs|iters?|batches)|max_?(?:steps|epochs|iters?)|num_?epochs|n_?epochs|batch_?size|seed|random_?state|pid|world_?size|num_?workers|"
    r"num_healthy_workers|num_?gpus|n_?gpus|node_?rank|rank|trial_?id|experiment_?id|run_?id|fold)$",
    re.IGNORECASE,
)
_BARE_FRAME = re.compile(r"^(?:trainer|train|time|rollout|global|info|progress)/")


def plain(name: str) -> str:
    """A column name in the form that the lists here use.

    >>> plain(" Global Step"), plain("trainer/global_step"), plain("Wall-time")
    ('global_step', 'global_step', 'wall_time')
    """
    low = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name.strip()).lower()
    low = _BARE_FRAME.sub("", low)
    return re.sub(r"[\s\-.:]+", "_", low).strip("_ ") if not low.startswith("_") else low


def words_of(name: str) -> set[str]:
    """The words of a name, lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return {w for w in re.split(r"[^a-z0-9@#]+", spaced.lower()) if w}


def is_setting(name: str) -> bool:
    """Whether a name is surely that of a setting (``batch_size``), whatever its words."""
    return bool(_SURE_SETTING.search(name.strip())) and not _OUTCOME.match(name.strip())


def is_scheduled(name: str) -> bool:
    """Whether a setting of this name may change during a run (``lr``, ``epsilon``)."""
    return bool(_SCHEDULED.search(name.strip()))


def is_fixed(name: str) -> bool:
    """Whether a number of this name says something of the whole run (``n_parameters``), should it never change."""
    return bool(_FIXED.search(name.strip())) and not _OUTCOME.match(name.strip())


def is_result(name: str) -> bool:
    """Whether a name is that of a result (``val_loss``, ``best epoch``, ``BLEU``)."""
    if _OUTCOME.match(name.strip()):
        return True
    if is_setting(name):
        return False
    return bool(_PART.match(name.strip()) or words_of(name) & _RESULT or _letters(name) & _RESULT)


def _letters(name: str) -> set[str]:
    """Words without their trailing digits (``acc1``), and camel-cased names put together (``trainLoss``)."""
    return {re.sub(r"\d+$", "", w) for w in words_of(name)}


def is_known(name: str) -> bool:
    """Whether a name speaks of an experiment at all."""
    return is_result(name) or is_setting(name) or bool(words_of(name) & _SETTING)


def is_training(name: str) -> bool:
    """Whether a name speaks of training by a word that hardly stands in other data (``loss``, ``val``, ``epochs``)."""
    return bool(_letters(name) & _TRAINING or words_of(name) & _TRAINING)


def rank(name: str, names: tuple[str, ...]) -> int | None:
    """Where a column's name stands in a list, None where it does not."""
    form = plain(name)
    return names.index(form) if form in names else None
