"""What becomes of a bought image that turns out to be unreadable: an answer that is kept.

The generator proves a new image by its structure; whether its pixels can be decoded shows when it
is cut. If they cannot, all is as if its purchase had brought an answer without an image.
"""

from services.common.assets import Purchase
from services.common.errors import ProviderBadAnswer
from services.leaves.purchases import UnreadAnswer
from services.worker.pipeline.kept import keep_as_answer
from services.worker.pipeline.work import Work

UNREADABLE = (
    "The image API was paid and answered without an image that we can read. Its answer is kept: "
    'retry the job to read it again, or with {"buyAgain": true} to buy another image.'
)


async def give_up_reading(work: Work, purchase: Purchase) -> ProviderBadAnswer:
    """Make a master an unread answer: in storage, then in the checkpoint, which is not written.

    Returns the error that says so. A retry of the job reads the answer again, and buys another
    image only if it is told to.
    """
    image = purchase.master
    answer = UnreadAnswer(
        content_type=image.content_type,
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        provider=purchase.provider,
        model=purchase.model,
        prompt=purchase.revised_prompt,
        quality=work.spec.options.quality,
    )
    await keep_as_answer(work.ports.store, work.folder, purchase.number, image.key, answer)
    work.checkpoint.purchases.remove(purchase)
    return ProviderBadAnswer(UNREADABLE)
