# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The training run: epochs of steps, validation, checkpoints, gates, and a clean way out at any moment."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from dataclasses import asdict

import torch

from . import data, gates, rules, state
from .checkpoint import Checkpoint, CheckpointError, Store
from .model import Helix, count_parameters
from .options import gate_epochs
from .report import Reporter
from .setup import Plan, SetupError
from .state import Progress

CLIP = 1.0
BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.05
LOWEST_RATE = 0.05        # of the peak, at the end of the cosine
VALIDATION_DOCUMENTS = 512
SIZE_SLACK = 64 << 10     # bytes a checkpoint's header may add to its weights


class Stop(Exception):
    """The run ends here.  `status` is for the status file, `code` for the shell."""

    def __init__(self, status: str, code: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.code = status, code


class Trainer:
    """One run of one phase."""

    def __init__(self, plan: Plan, report: Reporter) -> None:
        self.plan, self.report, self.progress = plan, report, Progress()
        self.store = Store(plan.options.checkpoint_dir, plan.options.phase)
        self.batches = data.Batches(plan.train, plan.batch_size, plan.options.seed, plan.ranks.rank, plan.ranks.count)
        self.signal: int | None = None
        torch.manual_seed(plan.options.seed)
        self.model = Helix(plan.target)
        self._verify_size()
        self.optimizer = self._optimizer()
        self._restore()
        self.model.to(plan.device)
        self.shared = plan.ranks.share(self.model, plan.device)

    # -- before the start ---------------------------------------------------------------------

    def _verify_size(self) -> None:
        target, found = self.plan.target, count_parameters(self.model)
        if found != target.parameters:
            raise SetupError(f"The model has {found:,} parameters, but {target.name} has {target.parameters:,}.")
        self.report.say(f"✓ Model parameters: {found:,} ({target.name}: {target.layers} layers of width {target.width})")
        self.report.event("model", parameters=found, target=target.name)

    def _optimizer(self) -> torch.optim.AdamW:
        """AdamW; biases and norms are not decayed."""
        self.model.to(self.plan.device)
        matrices = [p for p in self.model.parameters() if p.dim() > 1]
        others = [p for p in self.model.parameters() if p.dim() <= 1]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
        try:
            return torch.optim.AdamW(groups, lr=self.plan.learning_rate, betas=BETAS, fused=True)
        except RuntimeError:  # PyTorch before 2.4 has the fused step on GPUs only
            return torch.optim.AdamW(groups, lr=self.plan.learning_rate, betas=BETAS, foreach=True)

    def _restore(self) -> None:
        """Take weights, and when resuming everything else, from a checkpoint."""
        source = self.plan.resume or self.plan.weights
        if source is None:
            return
        try:
            self.model.load_state_dict(gates.load_model(source, torch.device("cpu")).state_dict())
            if self.plan.resume:
                self._restore_state(source)
        except CheckpointError as error:
            raise SetupError(str(error)) from None
        if not self.plan.resume:
            self.report.say(f"✓ Starting from the weights of {source.weights} (phase {source.manifest['phase']}, "
                            f"epoch {source.manifest['epoch']})")

    def _restore_state(self, source: Checkpoint) -> None:
        self.progress = state.unpack(source, self.model, self.optimizer)
        self.report.say(f"✓ Resumed from {source.weights} after epoch {self.progress.epoch}, step {self.progress.step}")
        before, now = source.manifest["settings"], self.plan.settings
        changed = [key for key in now if before.get(key) != now[key]]
        if changed:
            self.report.message("warning", "⚠ Not bit-exact: the run so far had another " +
                                ", ".join(f"{key} ({before.get(key)} → {now[key]})" for key in changed))

    # -- the run ------------------------------------------------------------------------------

    def run(self) -> int:
        """Train to the end and return the exit status; every way out has said why."""
        options = self.plan.options
        handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._introduce()
            self._owed_gate()
            for epoch in range(self.progress.epoch + 1, options.epochs + 1):
                self._epoch(epoch)
                if self._enough():
                    if self.plan.options.gates == "on" and epoch not in gate_epochs(options.epochs):
                        self._gate(epoch)
                    break
            self._finish()
            return 0
        except Stop as stop:
            return self._stopped(stop)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self.plan.ranks.leave()

    def _introduce(self) -> None:
        plan, first = self.plan, self.progress.epoch + 1
        self.report.banner(f"STARTING PHASE {plan.options.phase} TRAINING")
        self.report.say(f"Epochs: {first} → {plan.options.epochs}, {plan.steps_per_epoch} steps each\n"
                        f"Model: {plan.target.name}\nDevice: {plan.device}, {torch.get_num_threads()} threads, "
                        f"{plan.ranks.count} process(es)\nMixed precision: {plan.half}\n"
                        f"Batch size: {self.batches.size}, learning rate: {plan.learning_rate}")
        if first > plan.options.epochs:
            self.report.say(f"All {plan.options.epochs} epochs were trained before; nothing is left to do")
        self._status("training")

    def _epoch(self, epoch: int) -> None:
        started, tokens, total = time.monotonic(), self.progress.tokens, self.plan.options.epochs
        self.report.say()
        self.report.banner(f"EPOCH {epoch}/{total} (Phase {self.plan.options.phase})")
        while self.progress.step < epoch * self.plan.steps_per_epoch:
            self._step(epoch, started, tokens)
            self._check_signal(epoch)
        seconds = time.monotonic() - started
        p = self.progress
        train, validation = p.loss_sum / self.plan.steps_per_epoch, self._validate()
        self._check_signal(epoch)
        p.epoch, p.loss_sum = epoch, 0.0
        p.train.append(train)
        p.validation.append(validation)
        p.seconds += seconds
        speed = (p.tokens - tokens) / max(seconds, 1e-9)
        self.report.say(f"Train Loss: {train:.4f}\nVal Loss: {validation:.4f}\nEpoch time: {seconds:.1f}s\n"
                        f"Tokens/s: {speed:,.0f}")
        self.report.event("epoch", epoch=epoch, total_epochs=total, train_loss=train, val_loss=validation,
                          lr=self._rate(p.step), seconds=seconds, tokens_per_second=speed, eta_seconds=self._eta())
        self._status("training")
        reason = rules.verdict(self.plan.options.phase, p.train, validation)
        if reason:
            raise Stop("aborted", 1, reason)
        self._keep(epoch)
        if self.plan.options.gates == "on" and epoch in gate_epochs(total):
            self._gate(epoch)

    def _step(self, epoch: int, started: float, tokens: int) -> None:
        plan, p = self.plan, self.progress
        rate = self._rate(p.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        ids, labels = (part.to(plan.device, non_blocking=True) for part in self.batches[p.step])
        with self._precision():
            loss = self.shared(ids, labels)
        number, = plan.ranks.total([loss.item() / plan.ranks.count], plan.device)
        reason = rules.broken(number)
        if reason:
            raise Stop("aborted", 1, f"{reason} at step {p.step + 1} (epoch {epoch})")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP).item()
        if not math.isfinite(norm):
            raise Stop("aborted", 1, f"The gradient is not finite at step {p.step + 1} (epoch {epoch})")
        self.optimizer.step()
        p.step += 1
        p.loss_sum += number
        p.tokens += ids.numel() * plan.ranks.count
        batch = p.step - (epoch - 1) * plan.steps_per_epoch
        self.report.batch(epoch, batch, plan.steps_per_epoch, number, lr=rate, grad_norm=norm,
                          tokens_per_second=(p.tokens - tokens) / max(time.monotonic() - started, 1e-9))

    def _precision(self) -> contextlib.AbstractContextManager:
        return torch.autocast(self.plan.device.type, dtype=torch.bfloat16, enabled=self.plan.half)

    def _rate(self, step: int) -> float:
        """Warm-up, then half a cosine down to a twentieth."""
        total = self.plan.options.epochs * self.plan.steps_per_epoch
        warm = min(500, max(10, total // 30))
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(1.0, step / total))
        return self.plan.learning_rate * min(1.0, (step + 1) / warm) * (LOWEST_RATE + (1 - LOWEST_RATE) * cosine)

    @torch.inference_mode()
    def _validate(self) -> float:
        """Return the mean loss over held-out tokens (the same for every rank: all compute it)."""
        total = count = 0.0
        self.model.eval()
        for ids, labels in data.in_order(self.plan.held_out, self.plan.batch_size, VALIDATION_DOCUMENTS):
            wanted = int((labels >= 0).sum())
            with self._precision():
                total += self.model(ids.to(self.plan.device), labels.to(self.plan.device)).item() * wanted
            count += wanted
        self.model.train()
        return total / count

    def _enough(self) -> bool:
        """Say whether early stopping ends the run after this epoch."""
        patience, p = self.plan.options.early_stop, self.progress
        if not patience or p.epoch - p.best_epoch < patience or p.epoch >= self.plan.options.epochs:
            return False
        self.report.message("info", f"Early stop: no better validation loss for {patience} epochs; the best is "
                                    f"epoch {p.best_epoch} ({p.best_loss:.4f})")
        return True

    # -- checkpoints --------------------------------------------------------------------------

    def _keep(self, epoch: int) -> None:
        """Write what this epoch owes: a resumable checkpoint, and the best one when it is the best."""
        options, p = self.plan.options, self.progress
        best = p.best_loss is None or p.validation[-1] < p.best_loss
        due = epoch % options.save_every == 0 or epoch in gate_epochs(options.epochs)
        name = f"phase{options.phase}_epoch{epoch}"
        best_name = f"phase{options.phase}_BEST_epoch{epoch}"
        before = p.last_name, p.best_name
        stale = [p.last_name if due else None, p.best_name if best else None]
        if best:
            p.best_loss, p.best_epoch, p.best_name = p.validation[-1], epoch, best_name
            self.report.say(f"NEW BEST! Val loss: {p.best_loss:.4f}")
        if due:
            p.last_name = name
        if not self.plan.ranks.first:
            return
        try:
            saved = self._save(name, epoch) if due else None
            if best and saved:
                self._announce(self.store.link(saved, best_name), best=True)
            elif best:
                self._save(best_name, epoch, best=True)
            self._tidy([old for old in stale if old])
        except OSError as error:
            p.last_name, p.best_name = before
            self.report.message("error", f"⚠ Checkpoint of epoch {epoch} could not be written: {error.strerror}")
            if epoch == options.epochs:
                raise Stop("aborted", 1, f"The last checkpoint could not be written ({error.strerror})") from None

    def _save(self, name: str, epoch: int, best: bool = False) -> Checkpoint:
        p = self.progress
        manifest = {"target": self.plan.target.name, "parameters": self.plan.target.parameters,
                    "phase": self.plan.options.phase, "epoch": p.epoch, "total_epochs": self.plan.options.epochs,
                    "step": p.step, "train_loss": p.train[-1] if p.train else None,
                    "val_loss": p.validation[-1] if p.validation else None, "progress": asdict(p),
                    "settings": self.plan.settings, "corpus": self.plan.origin,
                    "provider": self.plan.options.provider, "teacher": self.plan.options.model}
        weights = {key: tensor.float() for key, tensor in self.model.state_dict().items()}
        saved = self.store.save(name, manifest, weights,
                                None if best else state.pack(self.model, self.optimizer))
        self._verify_bytes(saved)
        self._announce(saved, best)
        return saved

    def _verify_bytes(self, saved: Checkpoint) -> None:
        size, expected = saved.manifest["files"]["weights"]["bytes"], self.plan.target.checkpoint_bytes
        if not expected <= size <= expected + SIZE_SLACK:
            raise Stop("aborted", 1, f"The checkpoint {saved.weights} has {size:,} bytes, but {self.plan.target.name} "
                                     f"needs {expected:,}")

    def _announce(self, saved: Checkpoint, best: bool) -> None:
        entry = saved.manifest["files"]["weights"]
        self.report.say(f"✓ Saved: {saved.weights}")
        self.report.event("checkpoint", path=str(saved.weights), epoch=saved.manifest["epoch"], bytes=entry["bytes"],
                          sha256=entry["sha256"], best=best, val_loss=saved.manifest["val_loss"])

    def _tidy(self, stale: list[str]) -> None:
        """Drop what newer checkpoints replace; gate epochs keep their weights."""
        gated = {f"phase{self.plan.options.phase}_epoch{epoch}" for epoch in gate_epochs(self.plan.options.epochs)}
        for name in stale:
            if name in (self.progress.last_name, self.progress.best_name):
                continue
            self.store.drop_optimizer(name) if name in gated else self.store.remove(name)

    # -- gates and the ways out ---------------------------------------------------------------

    def _gate(self, epoch: int) -> None:
        """Judge the checkpoint of `epoch` as it lies on disk."""
        self.report.say()
        self.report.banner(f"QUALITY GATE: Epoch {epoch}")
        result = "pass"
        if self.plan.ranks.first:
            name = f"phase{self.plan.options.phase}_epoch{epoch}"
            result = gates.hold(epoch, self.store.folder / name, self.plan.corpus, self.plan.device,
                                self.plan.options.gate_samples, lambda: self.signal is not None, self.report)
        self.plan.ranks.wait()
        if self.plan.ranks.any(result == "fail", self.plan.device) and self.plan.options.gate_policy == "stop":
            raise Stop("quality_failed", 1, f"The quality gate of epoch {epoch} failed")
        self._check_signal(epoch + 1)

    def _owed_gate(self) -> None:
        """Make up for a gate that the end of the run so far cut off."""
        resumed = self.plan.resume
        if (resumed is None or self.plan.options.gates == "off" or self.progress.loss_sum
                or self.progress.epoch not in gate_epochs(self.plan.options.epochs)):
            return
        report = gates.read_report(gates.path(self.progress.epoch)) or {}
        if report.get("model_info", {}).get("sha256") != resumed.manifest["files"]["weights"]["sha256"]:
            self._gate(self.progress.epoch)

    def _on_signal(self, number: int, frame: object) -> None:
        self.signal = number

    def _check_signal(self, epoch: int) -> None:
        """If asked to stop, save what there is, resumable in the middle of `epoch`, and stop."""
        plan = self.plan
        if not plan.ranks.any(self.signal is not None, plan.device):
            return
        number = signal.Signals(self.signal or signal.SIGTERM)
        reason = f"Interrupted by {number.name} in epoch {epoch}"
        p = self.progress
        # Right after an epoch's own checkpoint there is nothing new to save.
        if plan.ranks.first and (p.step > p.epoch * plan.steps_per_epoch or not self._saved_last()):
            name = f"phase{plan.options.phase}_INTERRUPTED_epoch{epoch}"
            previous, p.last_name = p.last_name, name
            try:
                self._save(name, epoch)
                self._tidy([previous] if previous else [])
            except OSError as error:
                raise Stop("aborted", 1, f"{reason}; its checkpoint could not be written ({error.strerror})") from None
        raise Stop("interrupted", 128 + number,
                   f"{reason}; go on with --resume-from {self.store.folder / str(p.last_name)}.safetensors")

    def _saved_last(self) -> bool:
        return self.progress.last_name == f"phase{self.plan.options.phase}_epoch{self.progress.epoch}"

    def _finish(self) -> None:
        p = self.progress
        self._status("completed")
        self.report.say()
        self.report.banner(f"✓ PHASE {self.plan.options.phase} TRAINING COMPLETED SUCCESSFULLY")
        self.report.say(f"Best: epoch {p.best_epoch}, val loss {p.best_loss:.4f}, "
                        f"{self.store.folder / str(p.best_name)}.safetensors\n"
                        f"Time: {p.seconds:.0f}s for {p.tokens:,} tokens ({p.tokens / max(p.seconds, 1e-9):,.0f} tokens/s)")
        self.report.event("end", status="completed", reason=None)

    def _stopped(self, stop: Stop) -> int:
        self._status(stop.status)
        interrupted = stop.status == "interrupted"
        mark, word = ("⚠", "INTERRUPTED") if interrupted else ("❌", "FAILED")
        self.report.say()
        self.report.message("warning" if interrupted else "error", f"{mark} {'INTERRUPTED' if interrupted else 'ABORT'}: {stop}")
        self.report.say()
        self.report.banner(f"{mark} PHASE {self.plan.options.phase} TRAINING {word}")
        self.report.event("end", status=stop.status, reason=str(stop))
        return stop.code

    def _status(self, word: str) -> None:
        p = self.progress
        self.report.status(word, p.epoch, self.plan.options.epochs, p.train[-1] if p.train else None,
                           p.validation[-1] if p.validation else None, self._eta())

    def _eta(self) -> float | None:
        p = self.progress
        return round(p.seconds / p.epoch * (self.plan.options.epochs - p.epoch), 1) if p.epoch else None
