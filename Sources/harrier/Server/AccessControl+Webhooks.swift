import Access
import Webhooks

extension AccessControl {
  /// Seals the secrets of webhooks with the installation's key.
  var webhookVault: WebhookVault {
    WebhookVault(
      seal: { [secrets] secret, organization, webhook in
        try secrets.seal(Secret(secret), for: organization, purpose: "webhook \(webhook)")
      },
      open: { [secrets] sealed, organization, webhook in
        try secrets.open(sealed, for: organization, purpose: "webhook \(webhook)").reveal()
      })
  }
}
