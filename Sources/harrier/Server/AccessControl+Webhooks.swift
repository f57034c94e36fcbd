import Access
import Webhooks

extension AccessControl {
  /// Seals the secrets of webhooks with the installation's key.
  var webhookVault: WebhookVault {
    WebhookVault(
      seal: { [secretBox] secret, organization, webhook in
        try secretBox.seal(secret, for: organization, purpose: "webhook \(webhook)")
      },
      open: { [secretBox] sealed, organization, webhook in
        try secretBox.open(sealed, for: organization, purpose: "webhook \(webhook)")
      })
  }
}
