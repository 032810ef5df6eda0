"""The Celery application of a worker: `celery -A civic_assets.defs.workers.app worker`.

Belongs here: its two tasks, which are Dagster's, and what they need of this process. Does not belong here: giving runs
to workers (`launching`). `civic-assets worker` starts it.
"""

from __future__ import annotations

import os

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

from civic_assets.defs.workers.settings import BROKER, celery_settings

app = make_app(
    app_args={
        "broker": os.environ.get(BROKER),
        "backend": os.environ.get(BROKER),
        "config_source": celery_settings(),
    }
)
execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)
